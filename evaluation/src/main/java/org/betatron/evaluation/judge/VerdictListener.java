package org.betatron.evaluation.judge;

import java.util.List;

/// Takes verdicts as they come.
public interface VerdictListener {

    /// @param index   number of the comparison in the list that was given
    /// @param verdict on it
    void judged(int index, Verdict verdict);

    /// Hears that a comparison stays without a verdict.
    ///
    /// @param index   number of the comparison
    /// @param why     what went wrong, one line
    /// @param replies what the judge wrote nevertheless, word by word
    default void undecided(int index, String why, List<String> replies) {}
}
