package org.betatron.evaluation.judge;

import java.util.List;

/// Says which of two answers is better.
///
/// A judge may be slow and may fail for single comparisons: it hands over each verdict as soon as it has
/// it, in any order, and what it never hands over counts as undecided. Two judges of the same identity give
/// the same verdicts, so verdicts can be kept under it and asked for once.
public interface Judge {

    /// @return name of the judge with every setting that its verdicts depend on
    String identity();

    /// Refuses what it cannot judge, before any answer is written.
    ///
    /// @param plan what it is going to be asked
    /// @throws IllegalArgumentException naming the first prompt that it cannot judge and why, or what must be
    ///     given before it judges anything
    default void check(JudgingPlan plan) {}

    /// Judges answers. Returns when every verdict that will ever come has been handed over.
    ///
    /// @param comparisons what to judge
    /// @param listener    takes each verdict, on the calling thread, at most one per comparison
    /// @throws JudgeException if it gives up, because no further comparison can be judged now
    void judge(List<Comparison> comparisons, VerdictListener listener);

    /// @return what the judging took so far, a line each; empty where it costs nothing
    default List<String> account() {
        return List.of();
    }
}
