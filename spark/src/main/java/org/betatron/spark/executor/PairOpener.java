package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.score.PairScorer;
import org.betatron.training.preference.PairMeasurement;
import org.jspecify.annotations.Nullable;

/// Opens a policy and its reference, which say of pairs what `betatron score` says.
///
/// @param model     the policy
/// @param reference what it is compared with, or null where the objective compares with nothing
/// @param recipe    how rows are read and what a gap is, as YAML
public record PairOpener(ModelFiles model, @Nullable ModelFiles reference, String recipe) implements RowsOpener {

    /// Values that rows get: log-probs, gap, loss, and why there are none.
    private static final int SIZE = 7;

    @Override
    public List<ModelFiles> models() {
        return reference == null ? List.of(model) : List.of(model, reference);
    }

    @Override
    public RowsModel open() {
        return PairModel.open(model, recipe, AlignRecipe.class, AlignRecipe::data, SIZE, settings -> {
            PairScorer scorer = PairScorer.open(
                    model.path(), reference == null ? null : reference.path(), settings, new ExecutorListener());
            return new PairModel.Opened(pairs -> values(scorer, pairs), scorer::close);
        });
    }

    private static List<@Nullable Object[]> values(PairScorer scorer, List<TokenizedPair> pairs) {
        List<@Nullable Object[]> values = new ArrayList<>(pairs.size());
        for (List<PairMeasurement> some : scorer.measure(pairs, _ -> {})) {
            for (PairMeasurement pair : some) {
                values.add(new @Nullable Object[] {
                    pair.policyChosen(),
                    pair.policyRejected(),
                    orNull(pair.referenceChosen()),
                    orNull(pair.referenceRejected()),
                    pair.gap(),
                    pair.loss()
                });
            }
        }
        return values;
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
