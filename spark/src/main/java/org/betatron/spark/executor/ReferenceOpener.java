package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.score.ReferenceScorer;
import org.jspecify.annotations.Nullable;

/// Opens a reference, which says the log-prob of every token of both answers.
///
/// @param model  the reference
/// @param recipe how rows are read, as YAML
public record ReferenceOpener(ModelFiles model, String recipe) implements RowsOpener {

    /// Values that rows get: sums, numbers of tokens, log-probs of each, and why there are none.
    private static final int SIZE = 7;

    @Override
    public List<ModelFiles> models() {
        return List.of(model);
    }

    @Override
    public RowsModel open() {
        return PairModel.open(model, recipe, AlignRecipe.class, AlignRecipe::data, SIZE, settings -> {
            ReferenceScorer scorer = ReferenceScorer.open(model.path(), settings, new ExecutorListener());
            return new PairModel.Opened(pairs -> values(scorer, pairs), scorer::close);
        });
    }

    private static List<@Nullable Object[]> values(ReferenceScorer scorer, List<TokenizedPair> pairs) {
        List<@Nullable Object[]> values = new ArrayList<>(pairs.size());
        for (BatchNumbers numbers : scorer.score(pairs)) {
            for (int i = 0; i < numbers.size(); i++) {
                float[] tokens = numbers.values(TokenQuantity.LOG_PROB, i);
                int chosen = numbers.length(i, 0);
                values.add(new @Nullable Object[] {
                    numbers.sum(TokenQuantity.LOG_PROB, i, 0),
                    numbers.sum(TokenQuantity.LOG_PROB, i, 1),
                    chosen,
                    tokens.length - chosen,
                    Arrays.copyOf(tokens, chosen),
                    Arrays.copyOfRange(tokens, chosen, tokens.length)
                });
            }
        }
        return values;
    }
}
