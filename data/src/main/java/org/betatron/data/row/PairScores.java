package org.betatron.data.row;

import static org.betatron.core.Numbers.require;

/// How good the two answers of a pair were judged, on the scale of the file.
///
/// @param chosen   of the preferred answer; finite, may be below the other one
/// @param rejected of the other answer; finite
public record PairScores(double chosen, double rejected) {

    public PairScores {
        require("chosen score", Double.isFinite(chosen), "a finite number", chosen);
        require("rejected score", Double.isFinite(rejected), "a finite number", rejected);
        require("gap of the scores", Double.isFinite(chosen - rejected), "a finite number", chosen - rejected);
    }

    /// @return chosen minus rejected score, the gap of scores; negative where the label contradicts
    ///     them
    public double gap() {
        return chosen - rejected;
    }

    /// @return the scores of the pair with its answers exchanged
    public PairScores swapped() {
        return new PairScores(rejected, chosen);
    }
}
