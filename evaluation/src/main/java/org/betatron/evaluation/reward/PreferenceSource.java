package org.betatron.evaluation.reward;

import java.util.List;

/// Compares the answers of a group with each other.
public interface PreferenceSource extends RewardSource {

    /// @param groups of at least two answers each
    /// @return of each group, how probable it is that an answer beats another
    /// @throws RewardException if it has to give up
    List<WinRates> winRates(List<AnswerGroup> groups);
}
