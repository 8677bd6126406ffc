package org.betatron.training.online;

import java.util.List;
import java.util.Map;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.Decision;
import org.betatron.training.LearningRule;
import org.betatron.training.MeasuredRows;
import org.betatron.training.RowSource;
import org.betatron.training.StepPlace;
import org.betatron.training.preference.PairDecider;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.StateFormat;

/// Preference alignment on pairs that the policy's own answers make: any objective, calibration,
/// selection and aggregation, with a beta_0 that may change from round to round.
///
/// @param decider what is learned
/// @param source  of pairs
/// @param stop    where it ends
/// @param clock   knows where the time of a step went
public record OnlineRule(
        PairDecider decider, RowSource<LabelledRow<?>, OnlineState> source, StopSpec stop, RolloutClock clock)
        implements LearningRule<LabelledRow<?>, PairLogProbs, OnlineState> {

    /// @return what the policy has to be asked of each token
    public VocabularyRequest request() {
        return decider.request();
    }

    @Override
    public StateFormat<OnlineState> stateFormat() {
        return OnlineState.FORMAT;
    }

    @Override
    public boolean decidesRowByRow() {
        return decider.alignment().decidesRowByRow();
    }

    @Override
    public boolean isDone(OnlineState state) {
        return stop.ends(state.summary());
    }

    @Override
    public PairLogProbs quantities(MeasuredRows<LabelledRow<?>> rows) {
        return decider.quantities(rows);
    }

    @Override
    public PairLogProbs concat(List<PairLogProbs> parts) {
        return PairLogProbs.concat(parts);
    }

    @Override
    public Decision<LabelledRow<?>, OnlineState> decide(
            StepPlace step, PairLogProbs pairs, OnlineState state, double numPairs) {
        if (state.hasNothing()) {
            return new Nothing(state, clock);
        }
        PairDecider ofRound =
                new PairDecider(at(state.betaRatio()), decider.reference(), decider.microBatchSize(), decider.seed());
        return new OfRound(ofRound.decide(step, pairs, state.alignment(), numPairs), state, clock);
    }

    private Alignment at(double ratio) {
        Alignment alignment = decider.alignment();
        return ratio == 1
                ? alignment
                : new Alignment(
                        alignment.objective(),
                        ratio * alignment.beta(),
                        alignment.calibration(),
                        alignment.selection(),
                        alignment.aggregation(),
                        alignment.gap());
    }

    /// About a round that has no pair.
    private record Nothing(OnlineState state, RolloutClock clock) implements Decision<LabelledRow<?>, OnlineState> {

        @Override
        public double loss() {
            return 0;
        }

        @Override
        public Metrics metrics() {
            return clock.complete(Metrics.builder(), state.summary());
        }

        @Override
        public Map<TokenQuantity, float[]> spread(MeasuredRows<LabelledRow<?>> rows, int index, int place) {
            return Map.of();
        }
    }

    /// A decision, with what is known of the round.
    private record OfRound(Decision<LabelledRow<?>, AlignmentState> decision, OnlineState before, RolloutClock clock)
            implements Decision<LabelledRow<?>, OnlineState> {

        @Override
        public double loss() {
            return decision.loss();
        }

        @Override
        public OnlineState state() {
            return before.with(decision.state());
        }

        @Override
        public Metrics metrics() {
            return clock.complete(Metrics.builder().putAll(decision.metrics()), before.summary());
        }

        @Override
        public Map<TokenQuantity, float[]> spread(MeasuredRows<LabelledRow<?>> rows, int index, int place) {
            return decision.spread(rows, index, place);
        }
    }
}
