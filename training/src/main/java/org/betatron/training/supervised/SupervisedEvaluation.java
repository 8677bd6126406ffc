package org.betatron.training.supervised;

import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.PERPLEXITY;

import java.util.List;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.rank.Ranks;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.SharedBatch;
import org.betatron.data.row.TokenizedText;
import org.betatron.training.Evaluation;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.NoState;

/// Evaluates held-out texts: mean loss per response token, and its exponential.
///
/// @param model   what is evaluated, borrowed
/// @param rows    the held-out texts, at least one
/// @param packing how they go through the model
/// @param ranks   the processes that share the work
public record SupervisedEvaluation(LanguageModel model, List<TokenizedText> rows, Packing packing, Ranks ranks)
        implements Evaluation<NoState> {

    @Override
    public Metrics evaluate(NoState state) {
        TextLogProbs logProbs = TextLogProbs.of(
                SharedBatch.of(RowBatch.of(rows, packing), ranks).score(model));
        double loss = -logProbs.sum() / logProbs.numTokens();
        return Metrics.builder().put(LOSS, loss).put(PERPLEXITY, Math.exp(loss)).build();
    }
}
