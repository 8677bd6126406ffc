package org.betatron.training.online;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.training.Decision;
import org.betatron.training.LearningRule;
import org.betatron.training.MeasuredRows;
import org.betatron.training.NotFiniteException;
import org.betatron.training.RowSource;
import org.betatron.training.StepPlace;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.StateFormat;

/// REINFORCE with the other answers to a prompt as baseline (Kool et al. 2019), and a bonus for entropy.
///
/// ```text
/// loss = -1/N sum_i ( A_i log p(y_i) + c sum_t H_it )         N answers, A_i advantage, c bonus
/// d loss / d logp_it = -A_i / N        d loss / d H_it = -c / N
/// ```
record PolicyGradientRule(RowSource<WrittenAnswer, Written> source, double bonus)
        implements LearningRule<WrittenAnswer, List<PolicyGradientRule.Numbers>, Written> {

    /// What is known of one answer.
    record Numbers(double logProb, double entropy, double reward, double advantage) {}

    @Override
    public StateFormat<Written> stateFormat() {
        return Written.FORMAT;
    }

    @Override
    public List<Numbers> quantities(MeasuredRows<WrittenAnswer> rows) {
        List<Numbers> all = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            BatchNumbers numbers = rows.numbers();
            all.add(new Numbers(
                    numbers.sum(TokenQuantity.LOG_PROB, i, 0),
                    numbers.sum(TokenQuantity.ENTROPY, i, 0),
                    rows.row(i).reward(),
                    rows.row(i).advantage()));
        }
        return all;
    }

    @Override
    public List<Numbers> concat(List<List<Numbers>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    @Override
    public Decision<WrittenAnswer, Written> decide(
            StepPlace step, List<Numbers> answers, Written state, double numAnswers) {
        double loss = 0;
        for (int i = 0; i < answers.size(); i++) {
            Numbers answer = answers.get(i);
            loss -= (answer.advantage() * answer.logProb() + bonus * answer.entropy()) / numAnswers;
            if (!Double.isFinite(loss)) {
                throw new NotFiniteException("loss is " + loss, "answer", i, "log-probability " + answer.logProb());
            }
        }
        return new Gradient(bonus, numAnswers, loss, answers, state.seen(answers.size()));
    }

    private record Gradient(double bonus, double numAnswers, double loss, List<Numbers> answers, Written state)
            implements Decision<WrittenAnswer, Written> {

        @Override
        public Metrics metrics() {
            return Metrics.builder()
                    .put("loss", loss)
                    .put(
                            "reward",
                            answers.stream()
                                    .mapToDouble(Numbers::reward)
                                    .average()
                                    .orElse(0))
                    .put(
                            "entropy",
                            answers.stream()
                                    .mapToDouble(Numbers::entropy)
                                    .average()
                                    .orElse(0))
                    .build();
        }

        @Override
        public Map<TokenQuantity, float[]> spread(MeasuredRows<WrittenAnswer> rows, int index, int place) {
            int numTokens = rows.numbers().numResponseTokens(index);
            return Map.of(
                    TokenQuantity.LOG_PROB, all(numTokens, -answers.get(place).advantage() / numAnswers),
                    TokenQuantity.ENTROPY, all(numTokens, -bonus / numAnswers));
        }

        private static float[] all(int numTokens, double derivative) {
            float[] values = new float[numTokens];
            Arrays.fill(values, (float) derivative);
            return values;
        }
    }
}
