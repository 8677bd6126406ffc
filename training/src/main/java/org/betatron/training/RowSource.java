package org.betatron.training;

import org.betatron.data.row.TokenizedRow;

/// Where the rows of each step come from: a fixed list ([FixedRows]), or made as training goes, by the policy that is
/// being trained for example.
///
/// A draw is a function of its arguments, of what the source was made from, and of the weights as the step before left
/// them. So a run that is interrupted anywhere, between a draw and its update too, and resumed from its last
/// checkpoint draws the same rows again. What else a source has to remember (rows that serve several steps) is part of
/// the rule's state, which comes in and goes out.
///
/// @param <R> the kind of rows
/// @param <S> the state of the rule that learns from them
public interface RowSource<R extends TokenizedRow, S> {

    /// @return fingerprint of what rows are drawn or made from, part of a run's identity
    String key();

    /// @return optimizer steps of a whole run
    /// @throws IllegalArgumentException if the length is one that this source has no measure for, saying what to do
    long totalSteps(TrainSpec spec);

    /// @param step     number of the step, from 1 on
    /// @param position rows that earlier steps consumed
    /// @param state    what earlier steps left
    /// @return the rows of the step, at least one
    StepRows<R, S> draw(TrainSpec spec, long step, long position, S state);
}
