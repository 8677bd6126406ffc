package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.CLIPPED_HIGH;
import static org.betatron.core.run.MetricNames.CLIPPED_LOW;
import static org.betatron.core.run.MetricNames.DECODER_DIFFERENCE;
import static org.betatron.core.run.MetricNames.ENTROPY;
import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.KL;
import static org.betatron.core.run.MetricNames.ROLLOUT;
import static org.betatron.core.run.MetricNames.TOKENS;
import static org.betatron.core.run.MetricNames.TRAIN;

import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// How a policy moved that learns from its own answers: too far, too fast, into one answer, or on wrong numbers.
final class PolicyRule implements FindingRule {

    /// Nats per answer; a policy of this distance writes answers that the reference would hardly ever write.
    private static final double FAR = 30;

    /// Nats; in float32 the decoder and a pass of training agree to 1e-5.
    private static final double SAME = 1e-2;

    @Override
    public void look(RunRecord run, Found found) {
        clipped(run, found);
        distance(run, found);
        entropy(run, found);
        Series difference = run.metrics().series(TRAIN + DECODER_DIFFERENCE);
        double largest = difference.values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        if (largest > SAME && run.setting("/compute/precision").equals("fp32")) {
            found.problem(
                    "The decoder and a training pass disagree by up to %.3g nats about the probability of a token, where"
                            + " rounding explains 1e-5: gradients are of other answers than those that were written."
                            + " Please report it, with the model.",
                    largest);
        }
    }

    private static void clipped(RunRecord run, Found found) {
        Series low = run.metrics().series(TRAIN + CLIPPED_LOW);
        Series high = run.metrics().series(TRAIN + CLIPPED_HIGH);
        if (low.size() < Curve.ENDS || high.size() < Curve.ENDS) {
            return;
        }
        double share = Curve.end(low) + Curve.end(high);
        if (share > 0.3) {
            found.problem(
                    "%.0f %% of the tokens were clipped at the end (%.0f %% had fallen too far, %.0f %% risen) and taught"
                            + " nothing: lower train.learningRate, or learn from a rollout less often (rollout.epochs,"
                            + " rollout.batches).",
                    100 * share, 100 * Curve.end(low), 100 * Curve.end(high));
        }
    }

    private static void distance(RunRecord run, Found found) {
        Series training = run.metrics().series(TRAIN + ROLLOUT + KL);
        Series held = run.metrics().series(EVAL + KL);
        if (training.isEmpty() && held.isEmpty()) {
            return;
        }
        double kl = training.isEmpty() ? held.last() : Curve.end(training);
        Series tokens = run.metrics().series(TRAIN + ROLLOUT + TOKENS);
        if (kl > FAR && !tokens.isEmpty()) {
            found.problem(
                    "The policy is %.0f nats per answer from the reference, %.2f per token. This far away a reward is"
                            + " easily gamed: read the answers, raise what leaving costs, or stop earlier (stop.kl).",
                    kl, kl / Curve.end(tokens));
        }
    }

    private static void entropy(RunRecord run, Found found) {
        Series entropy = run.metrics().series(TRAIN + ENTROPY);
        if (entropy.size() < 2 * Curve.ENDS) {
            return;
        }
        double start = Curve.start(entropy);
        double end = Curve.end(entropy);
        if (end < 0.1 * start) {
            found.note(
                    "Entropy fell from %.3g to %.3g nats per token: the policy hardly tries anything else any more."
                            + " policy.entropyBonus, or a higher policy.clipHigh, keeps it up.",
                    start, end);
        }
    }
}
