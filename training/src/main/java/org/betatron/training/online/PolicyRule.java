package org.betatron.training.online;

import static org.betatron.core.run.MetricNames.CLIPPED_HIGH;
import static org.betatron.core.run.MetricNames.CLIPPED_LOW;
import static org.betatron.core.run.MetricNames.DECODER_DIFFERENCE;
import static org.betatron.core.run.MetricNames.ENTROPY;
import static org.betatron.core.run.MetricNames.KL_COEFFICIENT;
import static org.betatron.core.run.MetricNames.KL_REFERENCE;
import static org.betatron.core.run.MetricNames.KL_UPDATE;
import static org.betatron.core.run.MetricNames.LARGEST_LOG_RATIO;
import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.LOSS_CRITIC;
import static org.betatron.core.run.MetricNames.LOSS_KL;
import static org.betatron.core.run.MetricNames.LOSS_POLICY;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.core.policy.KlEstimator;
import org.betatron.core.policy.PolicyLoss;
import org.betatron.core.policy.PolicySpec;
import org.betatron.training.Decision;
import org.betatron.training.LearningRule;
import org.betatron.training.MeasuredRows;
import org.betatron.training.NotFiniteException;
import org.betatron.training.RowSource;
import org.betatron.training.StepPlace;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.StateFormat;

/// Policy gradients: PPO, RLOO, REINFORCE, GRPO.
///
/// Advantages were computed when answers were written, so the loss of each answer depends on that
/// answer alone, and what a batch is divided by is known beforehand
/// ([org.betatron.core.policy.LossAggregation]).
///
/// @param spec      what is learned
/// @param source    of answers
/// @param maxTokens most tokens that an answer may have
/// @param stop      where it ends
/// @param clock     knows where the time of a step went
public record PolicyRule(
        PolicySpec spec, RowSource<WrittenRow, PolicyState> source, int maxTokens, StopSpec stop, RolloutClock clock)
        implements LearningRule<WrittenRow, List<PolicyRule.Numbers>, PolicyState> {

    /// What is known of one answer.
    ///
    /// @param loss     with its derivatives
    /// @param tokens   that count
    /// @param logProb  sum over all tokens, nats
    /// @param kl       from the reference, nats; NaN where there is none
    /// @param mismatch largest difference between the decoder's log-probs and those of the training
    ///     pass, nats
    public record Numbers(PolicyLoss.OfAnswer loss, int tokens, double logProb, double kl, double mismatch) {}

    /// @return what the policy has to be asked of each token
    public VocabularyRequest request() {
        return spec.entropyBonus() > 0
                ? new VocabularyRequest(Set.of(TokenQuantity.ENTROPY), 0, null)
                : VocabularyRequest.NONE;
    }

    @Override
    public StateFormat<PolicyState> stateFormat() {
        return PolicyState.format(spec.kl().coefficient());
    }

    @Override
    public boolean decidesRowByRow() {
        return true;
    }

    @Override
    public boolean isDone(PolicyState state) {
        return stop.ends(state.summary());
    }

    @Override
    public double weight(WrittenRow row) {
        return spec.aggregation().weight(row.countedTokens());
    }

    @Override
    public List<Numbers> quantities(MeasuredRows<WrittenRow> rows) {
        return IntStream.range(0, rows.size()).mapToObj(i -> numbers(rows, i)).toList();
    }

    private Numbers numbers(MeasuredRows<WrittenRow> rows, int index) {
        WrittenRow row = rows.row(index);
        float[] logProbs = rows.numbers().values(TokenQuantity.LOG_PROB, index);
        PolicyLoss loss = new PolicyLoss(spec, row.klCoefficient(), maxTokens);
        PolicyLoss.OfAnswer ofAnswer = row.counts()
                ? loss.of(
                        row.numbers(),
                        Floats.widened(logProbs),
                        values(rows, TokenQuantity.ENTROPY, index, loss.needsEntropy()),
                        values(rows, TokenQuantity.SCORE, index, spec.hasCritic()))
                : PolicyLoss.OfAnswer.nothing(logProbs.length, spec.hasCritic());
        double sum = 0;
        double kl = row.reference().length == 0 ? Double.NaN : 0;
        double mismatch = 0;
        for (int t = 0; t < logProbs.length; t++) {
            sum += logProbs[t];
            if (row.reference().length > 0) {
                kl += KlEstimator.K1.value((double) logProbs[t] - row.reference()[t]);
            }
            float before = row.before().length == 0 ? logProbs[t] : row.before()[t];
            mismatch = Math.max(mismatch, Math.abs((double) before - row.drawn()[t]));
        }
        return new Numbers(ofAnswer, row.countedTokens(), sum, kl, mismatch);
    }

    private static double[] values(MeasuredRows<WrittenRow> rows, TokenQuantity quantity, int index, boolean isRead) {
        return isRead ? Floats.widened(rows.numbers().values(quantity, index)) : new double[0];
    }

    @Override
    public List<Numbers> concat(List<List<Numbers>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    @Override
    public Decision<WrittenRow, PolicyState> decide(
            StepPlace step, List<Numbers> answers, PolicyState state, double totalWeight) {
        for (int i = 0; i < answers.size(); i++) {
            Numbers answer = answers.get(i);
            if (!Double.isFinite(answer.loss().loss()) || !Double.isFinite(answer.logProb())) {
                throw new NotFiniteException(
                        "loss is " + answer.loss().loss(), "answer", i, "log-probability " + answer.logProb());
            }
        }
        // Where nothing of a batch counts there is nothing to divide.
        return new Gradient(answers, state, totalWeight > 0 ? 1 / totalWeight : 0, clock);
    }

    /// @param factor of every loss
    private record Gradient(List<Numbers> answers, PolicyState state, double factor, RolloutClock clock)
            implements Decision<WrittenRow, PolicyState> {

        @Override
        public double loss() {
            return sum(PolicyLoss.OfAnswer::loss);
        }

        private double sum(ToDoubleFunction<PolicyLoss.OfAnswer> part) {
            return factor
                    * answers.stream()
                            .mapToDouble(each -> part.applyAsDouble(each.loss()))
                            .sum();
        }

        @Override
        public Metrics metrics() {
            int tokens = answers.stream().mapToInt(Numbers::tokens).sum();
            Metrics.Builder metrics =
                    Metrics.builder().put(LOSS, loss()).put(LOSS_POLICY, sum(PolicyLoss.OfAnswer::ofPolicy));
            double ofKl = sum(PolicyLoss.OfAnswer::ofKl);
            if (ofKl != 0) {
                metrics.put(LOSS_KL, ofKl);
            }
            double ofCritic = sum(PolicyLoss.OfAnswer::ofCritic);
            if (ofCritic != 0) {
                metrics.put(LOSS_CRITIC, ofCritic);
            }
            if (tokens > 0) {
                metrics.put(CLIPPED_LOW, share(PolicyLoss.OfAnswer::clippedLow, tokens))
                        .put(CLIPPED_HIGH, share(PolicyLoss.OfAnswer::clippedHigh, tokens))
                        .put(
                                KL_UPDATE,
                                answers.stream()
                                        .filter(each -> each.tokens() > 0)
                                        .mapToDouble(each -> each.loss().approximateKl())
                                        .average());
            }
            int all = answers.stream()
                    .mapToInt(each -> each.loss().byLogProbs().length)
                    .sum();
            metrics.put(ENTROPY, -answers.stream().mapToDouble(Numbers::logProb).sum() / all)
                    .put(
                            LARGEST_LOG_RATIO,
                            answers.stream()
                                    .mapToDouble(each -> each.loss().maxLogRatio())
                                    .max()
                                    .orElse(0))
                    .put(
                            KL_REFERENCE,
                            answers.stream()
                                    .mapToDouble(Numbers::kl)
                                    .filter(kl -> !Double.isNaN(kl))
                                    .average())
                    .put(
                            DECODER_DIFFERENCE,
                            answers.stream().mapToDouble(Numbers::mismatch).max());
            if (state.klCoefficient() > 0) {
                metrics.put(KL_COEFFICIENT, state.klCoefficient());
            }
            return clock.complete(metrics, state.summary());
        }

        private double share(ToIntFunction<PolicyLoss.OfAnswer> count, int tokens) {
            return answers.stream()
                            .mapToInt(each -> count.applyAsInt(each.loss()))
                            .sum()
                    / (double) tokens;
        }

        @Override
        public Map<TokenQuantity, float[]> spread(MeasuredRows<WrittenRow> rows, int index, int place) {
            PolicyLoss.OfAnswer loss = answers.get(place).loss();
            Map<TokenQuantity, float[]> lanes = new EnumMap<>(TokenQuantity.class);
            lanes.put(TokenQuantity.LOG_PROB, Floats.rounded(loss.byLogProbs(), factor));
            if (loss.byEntropy() != 0) {
                float[] lane = new float[loss.byLogProbs().length];
                Arrays.fill(lane, (float) (factor * loss.byEntropy()));
                lanes.put(TokenQuantity.ENTROPY, lane);
            }
            if (loss.byValues().length > 0) {
                lanes.put(TokenQuantity.SCORE, Floats.rounded(loss.byValues(), factor));
            }
            return lanes;
        }
    }
}
