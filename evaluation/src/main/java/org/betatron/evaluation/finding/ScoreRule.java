package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.KL;
import static org.betatron.core.run.MetricNames.ROLLOUT;
import static org.betatron.core.run.MetricNames.SCORE;
import static org.betatron.core.run.MetricNames.TRAIN;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;
import tools.jackson.databind.JsonNode;

/// Whether a policy's answers gained what they are rewarded for, and what they lost for it.
final class ScoreRule implements FindingRule {

    /// Weight of a source over the largest one below which it only measures.
    private static final double ONLY_MEASURES = 1e-6;

    private static final String OF_SOURCE = TRAIN + ROLLOUT + SCORE + "/";

    @Override
    public void look(RunRecord run, Found found) {
        RunMetrics rollouts = rollouts(run.metrics());
        Series score = rollouts.series(TRAIN + ROLLOUT + SCORE);
        if (score.size() >= 2 * Curve.ENDS) {
            gained(run, Shift.of(score, 0), found);
            Map<String, Double> weights = weights(run.recipe().path("rewards"));
            double largest =
                    weights.values().stream().mapToDouble(Math::abs).max().orElse(0);
            for (String path : rollouts.paths()) {
                Series part = rollouts.series(path);
                if (path.startsWith(OF_SOURCE) && part.steps().equals(score.steps())) {
                    String source = path.substring(OF_SOURCE.length());
                    double weight = weights.getOrDefault(source, 0.0);
                    if (weight >= 0) {
                        lost(source, weight < ONLY_MEASURES * largest, score, part, found);
                    }
                }
            }
        }
    }

    /// Several steps may learn from one rollout, and each says what is known of it.
    ///
    /// @return the first line of each rollout
    private static RunMetrics rollouts(RunMetrics metrics) {
        List<JsonNode> lines = new ArrayList<>();
        Map<String, JsonNode> before = Map.of();
        for (JsonNode line : metrics.lines()) {
            Map<String, JsonNode> known = new HashMap<>();
            line.properties().stream()
                    .filter(field -> field.getKey().startsWith(TRAIN + ROLLOUT))
                    .forEach(field -> known.put(field.getKey(), field.getValue()));
            if (!known.isEmpty() && !known.equals(before)) {
                lines.add(line);
                before = known;
            }
        }
        return new RunMetrics(metrics.name(), lines);
    }

    private static void gained(RunRecord run, Shift score, Found found) {
        if (score.rises()) {
            Series held = run.metrics().series(EVAL + SCORE);
            Series kl = run.metrics().series(EVAL + KL);
            String rose = "The score of answers rose from %.3g to %.3g";
            if (held.size() < 2) {
                found.expected(rose + ".", score.from(), score.to());
            } else if (kl.isEmpty()) {
                found.expected(
                        rose + ", on held-out prompts from %.3g to %.3g.",
                        score.from(),
                        score.to(),
                        held.first(),
                        held.last());
            } else {
                found.expected(
                        rose + ", on held-out prompts from %.3g to %.3g, %.1f nats per answer from the reference.",
                        score.from(),
                        score.to(),
                        held.first(),
                        held.last(),
                        kl.last());
            }
        } else if (score.falls()) {
            found.problem(
                    "The score of answers fell from %.3g to %.3g: the learning rate is probably too high.",
                    score.from(), score.to());
        } else {
            found.note(
                    "The score of answers has not moved beyond its noise (%.3g at first, %.3g at last, ± %.2g).",
                    score.from(), score.to(), score.noise());
        }
    }

    /// @return weights by the names that metrics have: the type, followed by a number where it comes again
    private static Map<String, Double> weights(JsonNode rewards) {
        Map<String, Double> weights = new HashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (JsonNode reward : rewards) {
            String type = reward.path("type").asString("");
            int count = counts.merge(type, 1, Integer::sum);
            String name = count == 1 ? type : type + "-" + count;
            weights.put(name, reward.path("weight").asDouble(1));
        }
        return weights;
    }

    /// Looks from where the source was best, which may be the beginning.
    private static void lost(String source, boolean isOnlyMeasured, Series score, Series part, Found found) {
        int best = 0;
        for (int start = 1; start + 2 * Curve.ENDS <= part.size(); start++) {
            best = Shift.of(part, start).from() > Shift.of(part, best).from() ? start : best;
        }
        Shift learned = Shift.of(score, best);
        Shift measured = Shift.of(part, best);
        // The best of many is high by chance, too.
        if (!measured.falls() || measured.change() > -4 * measured.noise() || !learned.rises()) {
            return;
        }
        double step = part.steps().get(best + Curve.ENDS - 1);
        if (isOnlyMeasured) {
            found.problem(
                    "Reward hacking: since step %.0f the score that is learned has risen from %.3g to %.3g while %s, which"
                            + " is only measured, has fallen from %.3g to %.3g: the first minus the second has grown from"
                            + " %.3g to %.3g. Stop there, raise what leaving the reference costs, or mend the reward.",
                    step,
                    learned.from(),
                    learned.to(),
                    source,
                    measured.from(),
                    measured.to(),
                    learned.from() - measured.from(),
                    learned.to() - measured.to());
        } else {
            found.note(
                    "Since step %.0f the score has risen from %.3g to %.3g at the cost of one of its sources: %s has fallen"
                            + " from %.3g to %.3g.",
                    step, learned.from(), learned.to(), source, measured.from(), measured.to());
        }
    }
}
