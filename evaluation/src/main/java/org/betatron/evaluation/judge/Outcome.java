package org.betatron.evaluation.judge;

/// Who wrote the better answer.
public enum Outcome {
    /// The model that is measured.
    WIN(1),
    /// Neither.
    TIE(0.5),
    /// The opponent.
    LOSS(0);

    private final double value;

    Outcome(double value) {
        this.value = value;
    }

    /// @return share of a win: 1, 1/2 or 0
    public double value() {
        return value;
    }
}
