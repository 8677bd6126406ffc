package org.betatron.training;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.BatchLimit;
import org.betatron.data.TokenizedText;
import org.betatron.training.run.Metrics;

/// Evaluates held-out texts: mean loss per response token, and its exponential.
///
/// @param rows         the held-out texts, at least one
/// @param limit how much goes through the model at once
public record SupervisedEvaluation(List<TokenizedText> rows, BatchLimit limit) implements Evaluation {

    @Override
    public Metrics evaluate(ResponseModel model, AlignmentState state) {
        int[] all = IntStream.range(0, rows.size()).toArray();
        BatchLogProbs logProbs = new MicroBatches(rows, limit).score(model, all, VocabularyRequest.NONE);
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
