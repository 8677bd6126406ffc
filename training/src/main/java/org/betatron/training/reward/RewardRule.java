package org.betatron.training.reward;

import java.util.List;
import java.util.Map;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.reward.RewardLoss;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.row.TokenizedPair;
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

/// Training of a reward model: score the chosen answer above the rejected one.
///
/// The model gives a response's score to its last token and nothing to the others, so a score is a
/// sum over tokens as a log-probability is, and each token gets the derivative of its response.
///
/// @param spec   margin and centering
/// @param source of pairs
public record RewardRule(RewardSpec spec, RowSource<TokenizedPair, NoState> source)
        implements LearningRule<TokenizedPair, RewardedPairs, NoState> {

    @Override
    public StateFormat<NoState> stateFormat() {
        return NoState.FORMAT;
    }

    @Override
    public boolean decidesRowByRow() {
        return true;
    }

    @Override
    public RewardedPairs quantities(MeasuredRows<TokenizedPair> rows) {
        return RewardedPairs.of(spec, rows);
    }

    @Override
    public RewardedPairs concat(List<RewardedPairs> parts) {
        return RewardedPairs.concat(parts);
    }

    @Override
    public Decision<TokenizedPair, NoState> decide(
            StepPlace step, RewardedPairs pairs, NoState state, double numPairs) {
        RewardLoss loss = pairs.loss(spec, numPairs);
        for (int pair = 0; pair < pairs.size(); pair++) {
            if (!Double.isFinite(loss.pairLoss(pair))) {
                throw new NotFiniteException(
                        "loss is " + loss.pairLoss(pair),
                        "pair",
                        pair,
                        "score chosen " + pairs.chosen(pair) + " and rejected " + pairs.rejected(pair));
            }
        }
        return new Scoring(pairs, loss);
    }

    private record Scoring(RewardedPairs pairs, RewardLoss value) implements Decision<TokenizedPair, NoState> {

        @Override
        public double loss() {
            return value.loss();
        }

        @Override
        public NoState state() {
            return NoState.NOTHING;
        }

        @Override
        public Metrics metrics() {
            Metrics.Builder metrics = Metrics.builder();
            pairs.measure(value, metrics);
            return metrics.build();
        }

        @Override
        public Map<TokenQuantity, float[]> spread(MeasuredRows<TokenizedPair> rows, int index, int place) {
            return Map.of(
                    TokenQuantity.SCORE,
                    Spreading.overResponses(
                            rows.numbers(), index, value.chosenDerivative(place), value.rejectedDerivative(place)));
        }
    }
}
