package org.betatron.spark.submit;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.spark.BetatronSpark;
import org.betatron.spark.RewardScoreRequest;
import org.betatron.spark.ScoreRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The models that score pairs.
final class PairScores {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Model that is asked: a language model, or a reward model. Executors read it under the same"
                    + " path.")
    private Path model = Path.of("");

    @Option(
            names = "--reference",
            paramLabel = "DIR",
            description = "Model that a language model is compared with: what it was trained from.")
    private @Nullable Path reference;

    @Mixin
    private RecipeOptions recipe = new RecipeOptions();

    Dataset<Row> of(Dataset<Row> rows) {
        if (new ModelSource(model).holdsRewardModel()) {
            if (reference != null) {
                throw new IllegalArgumentException(
                        "--reference has no effect: a reward model is compared with nothing");
            }
            return BetatronSpark.score(rows, new RewardScoreRequest(model, recipe.settings(RewardRecipe.class)));
        }
        return BetatronSpark.score(rows, new ScoreRequest(model, reference, recipe.settings(AlignRecipe.class)));
    }
}
