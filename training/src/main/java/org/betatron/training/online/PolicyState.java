package org.betatron.training.online;

import static org.betatron.core.Numbers.require;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.training.run.RecordFormat;
import org.betatron.training.run.StateFormat;

/// What learning by policy gradients remembers.
///
/// @param rows          of the rollout that is learned from; none where all of it was
/// @param taken         rows of it that steps have taken, over all epochs
/// @param rollouts      rollouts so far
/// @param nextPrompt    prompts that were asked so far
/// @param klCoefficient cost of a nat from the reference in the next rollout
/// @param summary       what is worth knowing of the last rollout, by name
public record PolicyState(
        List<WrittenRow> rows,
        long taken,
        long rollouts,
        long nextPrompt,
        double klCoefficient,
        Map<String, Double> summary) {

    public PolicyState {
        rows = List.copyOf(rows);
        summary = Collections.unmodifiableMap(new LinkedHashMap<>(summary));
        require("klCoefficient", klCoefficient >= 0 && klCoefficient < Double.POSITIVE_INFINITY, "≥ 0", klCoefficient);
        if (taken < 0 || rollouts < 0 || nextPrompt < 0) {
            throw new IllegalArgumentException("taken, rollouts and nextPrompt must be ≥ 0 but were " + taken + ", "
                    + rollouts + ", " + nextPrompt);
        }
    }

    /// @param klCoefficient that a run begins with
    static StateFormat<PolicyState> format(double klCoefficient) {
        return new RecordFormat<>(PolicyState.class, new PolicyState(List.of(), 0, 0, 0, klCoefficient, Map.of()));
    }

    /// @param epochs times that each row is learned from
    /// @param count  rows that a step takes
    /// @return what is left after it; nothing of a rollout that is used up
    PolicyState after(int count, int epochs) {
        long now = taken + count;
        boolean isUsedUp = now >= (long) epochs * rows.size();
        return new PolicyState(
                isUsedUp ? List.of() : rows, isUsedUp ? 0 : now, rollouts, nextPrompt, klCoefficient, summary);
    }
}
