package org.betatron.runs.recipe;

import org.betatron.core.objective.RowKind;

/// Which rows an alignment reads.
public enum RowChoice {

    /// Those that the objective learns from; pairs where it learns from either.
    AUTO,

    /// Preference pairs.
    PAIRS,

    /// Single labelled answers; a file of pairs is read as two answers per pair.
    ANSWERS;

    /// @param kind what the objective learns from
    /// @return whether labelled answers are read, and not pairs
    public boolean isAnswers(RowKind kind) {
        return this == AUTO ? kind == RowKind.ANSWERS : this == ANSWERS;
    }

    /// @param kind what the objective learns from
    /// @return whether the objective learns from these rows
    public boolean suits(RowKind kind) {
        return kind == RowKind.ANY || isAnswers(kind) == (kind == RowKind.ANSWERS);
    }
}
