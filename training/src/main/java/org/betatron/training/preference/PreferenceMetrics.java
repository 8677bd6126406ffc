package org.betatron.training.preference;

import static org.betatron.core.run.MetricNames.ACCURACY;
import static org.betatron.core.run.MetricNames.CHOSEN_BELOW_REFERENCE;
import static org.betatron.core.run.MetricNames.DESIRABLE;
import static org.betatron.core.run.MetricNames.LOGP_CHOSEN;
import static org.betatron.core.run.MetricNames.LOGP_REJECTED;
import static org.betatron.core.run.MetricNames.MARGIN;
import static org.betatron.core.run.MetricNames.REWARD_CHOSEN;
import static org.betatron.core.run.MetricNames.REWARD_REJECTED;

import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.objective.Objective;
import org.betatron.training.run.Metrics;

/// What is worth knowing about a batch of preference rows, whatever was decided about it.
final class PreferenceMetrics {

    private PreferenceMetrics() {}

    /// Adds means over all rows that have the response in question; a mean over no rows is left out. Rewards are at
    /// beta_0, so that runs with different betas compare.
    static void measure(Alignment alignment, PairLogProbs pairs, Metrics.Builder metrics) {
        Objective objective = alignment.objective();
        OptionalDouble chosen = mean(pairs, pairs::hasChosen, i -> objective.chosenScore(pairs, i));
        OptionalDouble rejected = mean(pairs, pairs::hasRejected, i -> objective.rejectedScore(pairs, i));
        chosen.ifPresent(score -> metrics.put(REWARD_CHOSEN, alignment.beta() * score));
        rejected.ifPresent(score -> metrics.put(REWARD_REJECTED, alignment.beta() * score));
        if (chosen.isPresent() && rejected.isPresent()) {
            metrics.put(MARGIN, chosen.getAsDouble() - rejected.getAsDouble());
        }
        metrics.put(ACCURACY, mean(pairs, _ -> true, i -> objective.margin(pairs, i) > 0 ? 1 : 0))
                .put(
                        LOGP_CHOSEN,
                        mean(pairs, pairs::hasChosen, i -> pairs.chosen().policy(i)))
                .put(
                        LOGP_REJECTED,
                        mean(pairs, pairs::hasRejected, i -> pairs.rejected().policy(i)));
        if (!pairs.isPaired()) {
            metrics.put(DESIRABLE, mean(pairs, _ -> true, i -> pairs.hasChosen(i) ? 1 : 0));
        }
        if (objective.inputs().needsReference()) {
            metrics.put(
                    CHOSEN_BELOW_REFERENCE,
                    mean(pairs, pairs::hasChosen, i -> objective.chosenScore(pairs, i) < 0 ? 1 : 0));
        }
    }

    private static OptionalDouble mean(PairLogProbs pairs, IntPredicate counts, IntToDoubleFunction value) {
        return IntStream.range(0, pairs.size())
                .filter(counts)
                .mapToDouble(value)
                .average();
    }
}
