package org.betatron.training.online;

import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.betatron.core.model.TokenQuantity;
import org.betatron.training.Decision;
import org.betatron.training.LearningRule;
import org.betatron.training.MeasuredRows;
import org.betatron.training.RowSource;
import org.betatron.training.StepPlace;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.StateFormat;

/// Advantage actor-critic: a critic gives each token a value, the policy learns from how far the
/// reward is beyond it.
///
/// ```text
/// loss = 1/N sum_t ( -(R - [V_t]) log p_t + (R - V_t)^2 )      N tokens, R reward of the answer, [ ] held constant
/// d loss / d logp_t = -(R - V_t) / N        d loss / d V_t = -2 (R - V_t) / N
/// ```
record ActorCriticRule(RowSource<WrittenAnswer, Written> source)
        implements LearningRule<WrittenAnswer, List<Double>, Written> {

    @Override
    public StateFormat<Written> stateFormat() {
        return Written.FORMAT;
    }

    @Override
    public boolean decidesRowByRow() {
        return true;
    }

    @Override
    public double weight(WrittenAnswer row) {
        return row.answer().size();
    }

    /// @return squared error of the critic on each answer, over its tokens
    @Override
    public List<Double> quantities(MeasuredRows<WrittenAnswer> rows) {
        return IntStream.range(0, rows.size())
                .mapToObj(i -> DoubleStream.of(errors(rows, i))
                        .map(error -> error * error)
                        .sum())
                .toList();
    }

    private static double[] errors(MeasuredRows<WrittenAnswer> rows, int index) {
        float[] values = rows.numbers().values(TokenQuantity.SCORE, index);
        double reward = rows.row(index).reward();
        return IntStream.range(0, values.length)
                .mapToDouble(t -> reward - values[t])
                .toArray();
    }

    @Override
    public List<Double> concat(List<List<Double>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    @Override
    public Decision<WrittenAnswer, Written> decide(
            StepPlace step, List<Double> squares, Written state, double numTokens) {
        double error = squares.stream().mapToDouble(Double::doubleValue).sum() / numTokens;
        return new Advantages(numTokens, error, state.seen(squares.size()));
    }

    /// @param loss of the critic
    private record Advantages(double numTokens, double loss, Written state)
            implements Decision<WrittenAnswer, Written> {

        @Override
        public Metrics metrics() {
            return Metrics.builder().put("loss", loss).build();
        }

        @Override
        public Map<TokenQuantity, float[]> spread(MeasuredRows<WrittenAnswer> rows, int index, int place) {
            double[] errors = errors(rows, index);
            float[] ofPolicy = new float[errors.length];
            float[] ofCritic = new float[errors.length];
            for (int t = 0; t < errors.length; t++) {
                ofPolicy[t] = (float) (-errors[t] / numTokens);
                ofCritic[t] = (float) (-2 * errors[t] / numTokens);
            }
            return Map.of(TokenQuantity.LOG_PROB, ofPolicy, TokenQuantity.SCORE, ofCritic);
        }
    }
}
