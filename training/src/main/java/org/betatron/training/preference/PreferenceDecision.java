package org.betatron.training.preference;

import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.BETA_CLAMPED;
import static org.betatron.core.run.MetricNames.BETA_RATIO;
import static org.betatron.core.run.MetricNames.GAP_DEVIATION;
import static org.betatron.core.run.MetricNames.GAP_KEPT;
import static org.betatron.core.run.MetricNames.GAP_MEAN;
import static org.betatron.core.run.MetricNames.KEPT;
import static org.betatron.core.run.MetricNames.LOSS;

import java.util.EnumMap;
import java.util.Map;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.Decision;
import org.betatron.training.MeasuredRows;
import org.betatron.training.run.Metrics;

/// What an alignment decided about a batch of preference rows, or a part of one.
///
/// @param pairs    what was decided about
/// @param decision about these
/// @param share    of their loss in that of the whole batch, in (0, 1]
record PreferenceDecision(Alignment alignment, PairLogProbs pairs, AlignmentDecision decision, double share)
        implements Decision<LabelledRow<?>, AlignmentState> {

    @Override
    public double loss() {
        return share * decision.loss();
    }

    @Override
    public AlignmentState state() {
        return decision.state();
    }

    @Override
    public Metrics metrics() {
        Metrics.Builder metrics = Metrics.builder();
        boolean isKept = decision.keptFraction() > 0;
        if (isKept) {
            metrics.put(LOSS, loss());
        }
        PreferenceMetrics.measure(alignment, pairs, metrics);
        if (isKept) {
            metrics.put(BETA, decision.effectiveBeta())
                    .put(BETA_RATIO, decision.effectiveBeta() / alignment.beta())
                    .put(GAP_KEPT, decision.keptGapMean() - decision.gapMean());
        }
        return metrics.put(BETA_CLAMPED, decision.clampedShare())
                .put(GAP_MEAN, decision.gapMean())
                .put(GAP_DEVIATION, decision.gapDeviation())
                .put(KEPT, decision.keptFraction())
                .build();
    }

    /// A token gets the derivative of every quantity of its response that sums over it: beyond the
    /// shorter response of a pair that of a tail as well.
    @Override
    public Map<TokenQuantity, float[]> spread(MeasuredRows<LabelledRow<?>> rows, int index, int place) {
        BatchNumbers numbers = rows.numbers();
        ResponseRoles roles = ResponseRoles.of(rows.row(index));
        int shorter = roles.shorterLength(numbers, index);
        Map<TokenQuantity, float[]> lanes = new EnumMap<>(TokenQuantity.class);
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            if (quantity == ResponseQuantity.POLICY
                    || (quantity.isDifferentiable() && alignment.inputs().needs(quantity))) {
                float[] lane =
                        lanes.computeIfAbsent(quantity.ofTokens(), _ -> new float[numbers.numResponseTokens(index)]);
                int from = quantity.isOfTail() ? shorter : 0;
                add(lane, numbers, index, roles.chosen(), from, decision.chosenDerivative(quantity, place));
                add(lane, numbers, index, roles.rejected(), from, decision.rejectedDerivative(quantity, place));
            }
        }
        return lanes;
    }

    private void add(float[] lane, BatchNumbers numbers, int index, int response, int from, double derivative) {
        if (response == ResponseRoles.ABSENT || derivative == 0) {
            return;
        }
        int start = numbers.start(index, response);
        for (int i = start + from; i < start + numbers.length(index, response); i++) {
            lane[i] += (float) (share * derivative);
        }
    }
}
