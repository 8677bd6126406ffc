package org.betatron.training.supervised;

import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.PERPLEXITY;
import static org.betatron.core.run.MetricNames.RESPONSE_TOKENS;

import java.util.List;
import java.util.Map;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.row.TokenizedText;
import org.betatron.training.Decision;
import org.betatron.training.LearningRule;
import org.betatron.training.MeasuredRows;
import org.betatron.training.NotFiniteException;
import org.betatron.training.RowSource;
import org.betatron.training.Spreading;
import org.betatron.training.StepPlace;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.NoState;
import org.betatron.training.run.StateFormat;

/// Supervised fine-tuning: imitate the response.
///
/// ```text
/// loss = -1/N sum_t logp_t          N = response tokens of the optimizer batch
/// d loss / d logp_t = -1/N
/// ```
///
/// Every token of the batch weighs the same, however the batch is cut; a mean of means over
/// micro-batches would favour tokens of short texts.
///
/// @param source of texts
public record SupervisedRule(RowSource<TokenizedText, NoState> source)
        implements LearningRule<TokenizedText, TextLogProbs, NoState> {

    @Override
    public StateFormat<NoState> stateFormat() {
        return NoState.FORMAT;
    }

    @Override
    public boolean decidesRowByRow() {
        return true;
    }

    @Override
    public double weight(TokenizedText row) {
        return row.response().length;
    }

    @Override
    public TextLogProbs quantities(MeasuredRows<TokenizedText> rows) {
        return TextLogProbs.of(rows.numbers());
    }

    @Override
    public TextLogProbs concat(List<TextLogProbs> parts) {
        return TextLogProbs.concat(parts);
    }

    /// @param numTokens `N`
    @Override
    public Decision<TokenizedText, NoState> decide(
            StepPlace step, TextLogProbs quantities, NoState state, double numTokens) {
        for (int i = 0; i < quantities.size(); i++) {
            double logProb = quantities.logProb(i);
            if (!Double.isFinite(logProb)) {
                throw new NotFiniteException("loss is " + -logProb, "text", i, "log-probability " + logProb);
            }
        }
        return new Imitation(-quantities.sum() / numTokens, numTokens);
    }

    /// Every token of the batch alike.
    private record Imitation(double loss, double numTokens) implements Decision<TokenizedText, NoState> {

        @Override
        public NoState state() {
            return NoState.NOTHING;
        }

        @Override
        public Metrics metrics() {
            return Metrics.builder()
                    .put(LOSS, loss)
                    .put(PERPLEXITY, Math.exp(loss))
                    .put(RESPONSE_TOKENS, numTokens)
                    .build();
        }

        @Override
        public Map<TokenQuantity, float[]> spread(MeasuredRows<TokenizedText> rows, int index, int place) {
            return Map.of(TokenQuantity.LOG_PROB, Spreading.overResponses(rows.numbers(), index, -1 / numTokens));
        }
    }
}
