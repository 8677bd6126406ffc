package org.betatron.training;

import java.util.List;
import java.util.function.Consumer;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedPair;
import org.betatron.training.run.Metrics;

/// Evaluates held-out pairs under a reward model.
///
/// @param spec     margin and centering of the loss
/// @param rows     the held-out pairs, at least one
/// @param packing  how they go through the model
/// @param listener hears what was measured of each row, at every evaluation; changes nothing
public record RewardEvaluation(
        RewardSpec spec, List<TokenizedPair> rows, Packing packing, Consumer<List<PairMeasurement>> listener)
        implements Evaluation {

    @Override
    public Metrics evaluate(ResponseModel model, AlignmentState state) {
        BatchLogProbs scored = RowBatch.of(rows, packing).score(model, VocabularyRequest.NONE);
        RewardBatch batch = new RewardBatch(spec, rows, scored);
        listener.accept(batch.measurements());
        Metrics.Builder metrics = Metrics.builder();
        batch.measure(metrics);
        batch.measureAgreement(metrics);
        return metrics.build();
    }
}
