package org.betatron.training.reward;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.rank.Ranks;
import org.betatron.core.reward.RewardLoss;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.SharedBatch;
import org.betatron.data.row.TokenizedPair;
import org.betatron.training.Evaluation;
import org.betatron.training.MeasuredRows;
import org.betatron.training.preference.PairMeasurement;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.NoState;

/// Evaluates held-out pairs under a reward model.
///
/// @param model    what is evaluated, borrowed
/// @param spec     margin and centering of the loss
/// @param rows     the held-out pairs, at least one
/// @param packing  how they go through the model
/// @param listener hears what was measured of each row, at every evaluation; changes nothing
/// @param ranks    the processes that share the work
public record RewardEvaluation(
        ResponseModel model,
        RewardSpec spec,
        List<TokenizedPair> rows,
        Packing packing,
        Consumer<List<PairMeasurement>> listener,
        Ranks ranks)
        implements Evaluation<NoState> {

    @Override
    public Metrics evaluate(NoState state) {
        MeasuredRows<TokenizedPair> measured = new MeasuredRows<>(
                rows, SharedBatch.of(RowBatch.of(rows, packing), ranks).score(model));
        RewardedPairs pairs = RewardedPairs.of(spec, measured);
        RewardLoss loss = pairs.loss(spec, pairs.size());
        listener.accept(measurements(pairs, loss));
        Metrics.Builder metrics = Metrics.builder();
        pairs.measure(loss, metrics);
        pairs.measureAgreement(measured, metrics);
        return metrics.build();
    }

    private List<PairMeasurement> measurements(RewardedPairs pairs, RewardLoss loss) {
        return IntStream.range(0, pairs.size())
                .mapToObj(pair -> new PairMeasurement(
                        rows.get(pair),
                        pairs.chosen(pair),
                        pairs.rejected(pair),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        pairs.chosen(pair) - pairs.rejected(pair),
                        loss.pairLoss(pair)))
                .toList();
    }
}
