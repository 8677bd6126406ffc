package org.betatron.training;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.data.TokenizedPair;
import org.betatron.training.reference.ReferenceLogProbs;
import org.betatron.training.run.Metrics;

/// Evaluates held-out pairs, all of them, at beta_0.
///
/// @param alignment    its objective and beta_0 are used
/// @param rows         the held-out pairs, at least one
/// @param reference    reference log-probabilities of these pairs; [ReferenceLogProbs#NONE] where
///     the objective uses none
/// @param rowsPerBatch pairs that go through the model at once, ≥ 1
public record PreferenceEvaluation(
        Alignment alignment, List<TokenizedPair> rows, ReferenceLogProbs reference, int rowsPerBatch)
        implements Evaluation {

    public PreferenceEvaluation {
        PairBatch.requireReference(alignment, reference);
    }

    @Override
    public Metrics evaluate(LanguageModel model, AlignmentState state) {
        int[] all = IntStream.range(0, rows.size()).toArray();
        BatchLogProbs logProbs = new MicroBatches(rows, rowsPerBatch).score(model, all);
        PairLogProbs pairs = PairBatch.join(alignment.inputs(), logProbs, reference);
        ObjectiveValue value = alignment.evaluate(pairs, state);
        double loss = 0;
        for (int i = 0; i < value.size(); i++) {
            loss += value.loss(i) / value.size();
        }
        Metrics.Builder metrics = Metrics.builder().put("loss", loss);
        PairBatch.measure(alignment, pairs, metrics);
        return metrics.build();
    }
}
