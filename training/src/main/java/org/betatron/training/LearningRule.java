package org.betatron.training;

import java.util.List;
import org.betatron.data.row.TokenizedRow;
import org.betatron.training.run.StateFormat;

/// What is learned, and from which rows: the one thing in which kinds of training differ.
///
/// ```text
/// source        step, state                        -> rows
/// quantities    rows, what the model says of them  -> a few numbers of each row        local
/// decide        numbers of the whole batch, state  -> a decision, the state after it   the same everywhere
/// spread        decision, rows                     -> dL/dq of their response tokens   local
/// ```
///
/// The three are calls of their own: quantities can be put together ([#concat]), and a decision
/// spread over some of its rows; nothing in them depends on how a batch was cut. Ranks gather what
/// a model says of tokens, before the first.
///
/// Implementations hold no state that a step changes; equal arguments give equal results.
///
/// @param <R> the kind of rows
/// @param <Q> numbers of rows that a decision reads
/// @param <S> what the rule remembers from step to step: a value
public interface LearningRule<R extends TokenizedRow, Q, S> {

    /// @return where its rows come from
    RowSource<R, S> source();

    /// @return how its state begins, and how a checkpoint holds it
    StateFormat<S> stateFormat();

    /// Whether the loss of a batch is a mean of losses of its rows, weighted by [#weight], each of
    /// which
    /// depends on that row alone. Then a part of a batch can be learned before the rest was looked
    /// at,
    /// which needs a part of the memory.
    default boolean decidesRowByRow() {
        return false;
    }

    /// @return weight of a row in the loss of its batch, > 0; known before a model has seen the row
    default double weight(R row) {
        return 1;
    }

    /// Whether a run is done before all of its steps are: it is evaluated and saved as it would be
    /// after the last one.
    ///
    /// @param state what the steps so far left
    default boolean isDone(S state) {
        return false;
    }

    /// @param rows some rows of a step, or all
    /// @return what a decision has to know of them, in their order
    Q quantities(MeasuredRows<R> rows);

    /// @param parts numbers of some rows each, at least one part
    /// @return those of all these rows, in that order
    Q concat(List<Q> parts);

    /// Decides about one whole optimizer batch, or a part of it where [#decidesRowByRow].
    ///
    /// @param step        which step of the run
    /// @param quantities  numbers of the rows
    /// @param state       what earlier batches left
    /// @param totalWeight sum of the weights of the whole batch, of which these rows may be a part
    /// @return the loss, what follows from it, and what this batch leaves
    /// @throws NotFiniteException if anything is not finite, naming the first row concerned by its
    ///     place
    Decision<R, S> decide(StepPlace step, Q quantities, S state, double totalWeight);
}
