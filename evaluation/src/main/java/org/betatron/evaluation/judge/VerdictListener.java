package org.betatron.evaluation.judge;

/// Takes verdicts as they come.
public interface VerdictListener {

    /// @param index   number of the comparison in the list that was given
    /// @param verdict on it
    void judged(int index, Verdict verdict);
}
