package org.betatron.training;

import java.util.List;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedText;
import org.betatron.training.run.Metrics;

/// Evaluates held-out texts: mean loss per response token, and its exponential.
///
/// @param rows    the held-out texts, at least one
/// @param packing how they go through the model
public record SupervisedEvaluation(List<TokenizedText> rows, Packing packing) implements Evaluation {

    @Override
    public Metrics evaluate(ResponseModel model, AlignmentState state) {
        BatchLogProbs logProbs = RowBatch.of(rows, packing).score(model, VocabularyRequest.NONE);
        double sum = 0;
        long numTokens = 0;
        for (int i = 0; i < logProbs.size(); i++) {
            sum += logProbs.sum(i, 0);
            numTokens += logProbs.length(i, 0);
        }
        double loss = -sum / numTokens;
        return Metrics.builder()
                .put("loss", loss)
                .put("perplexity", Math.exp(loss))
                .build();
    }
}
