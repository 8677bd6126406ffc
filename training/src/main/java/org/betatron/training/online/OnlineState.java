package org.betatron.training.online;

import static org.betatron.core.Numbers.require;
import static org.betatron.core.run.MetricNames.ROLLOUT;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.run.MetricNames;
import org.betatron.training.run.RecordFormat;
import org.betatron.training.run.StateFormat;

/// What learning from pairs of own answers remembers.
///
/// @param alignment  what calibration, selection and objective remember
/// @param pairs      of the round that is learned from; none where all of it was
/// @param taken      pairs of it that steps have taken, over all epochs
/// @param rounds     rounds so far
/// @param nextPrompt prompts that were asked so far
/// @param betaRatio  beta of the round over beta_0
/// @param summary    what is worth knowing of the last round, by name
public record OnlineState(
        AlignmentState alignment,
        List<WrittenPair> pairs,
        long taken,
        long rounds,
        long nextPrompt,
        double betaRatio,
        Map<String, Double> summary) {

    /// Share of prompts of a round whose answers make a pair.
    static final String USABLE = ROLLOUT + MetricNames.USABLE;

    static final StateFormat<OnlineState> FORMAT = new RecordFormat<>(
            OnlineState.class, new OnlineState(AlignmentState.START, List.of(), 0, 0, 0, 1, Map.of()));

    public OnlineState {
        pairs = List.copyOf(pairs);
        summary = Collections.unmodifiableMap(new LinkedHashMap<>(summary));
        require("betaRatio", betaRatio > 0 && betaRatio < Double.POSITIVE_INFINITY, "> 0", betaRatio);
        if (taken < 0 || rounds < 0 || nextPrompt < 0) {
            throw new IllegalArgumentException(
                    "taken, rounds and nextPrompt must be ≥ 0 but were " + taken + ", " + rounds + ", " + nextPrompt);
        }
    }

    /// @param other what an alignment left
    OnlineState with(AlignmentState other) {
        return new OnlineState(other, pairs, taken, rounds, nextPrompt, betaRatio, summary);
    }

    /// @param count  pairs that a step takes
    /// @param epochs times that each is learned from
    /// @return what is left after it; nothing of a round that is used up
    OnlineState after(int count, int epochs) {
        long now = taken + count;
        boolean isUsedUp = now >= (long) epochs * pairs.size();
        return new OnlineState(
                alignment, isUsedUp ? List.of() : pairs, isUsedUp ? 0 : now, rounds, nextPrompt, betaRatio, summary);
    }

    /// @return whether the round has no pair but one that stands for none
    boolean hasNothing() {
        return summary.getOrDefault(USABLE, 1.0) == 0;
    }

    /// What the rule goes on from when margins are measured against another reference.
    ///
    /// @return the same round, with what the alignment may remember
    public OnlineState againstAnotherReference() {
        return with(alignment.againstAnotherReference());
    }
}
