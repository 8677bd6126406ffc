package org.betatron.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.StructField;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.RowRules;
import org.betatron.data.load.PromptReader;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.DataSection;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.betatron.spark.executor.AnswerOpener;
import org.betatron.spark.executor.ContestOpener;
import org.betatron.spark.executor.JudgeChoice;
import org.betatron.spark.executor.ModelFiles;
import org.betatron.spark.executor.PairOpener;
import org.betatron.spark.executor.ReferenceOpener;
import org.betatron.spark.executor.RewardOpener;
import org.betatron.spark.executor.RowsOpener;

/// What Betatron does with the rows of a DataFrame, on executors.
///
/// A model is open once in each executor, whose tasks share it, and stays open until another one is
/// asked for.
/// Results are lazy, as everything in Spark: an action computes them, and a second one computes
/// them again.
/// Write them, or keep them with `cache()`. Rows come back with columns behind their own; those
/// that teach
/// nothing or cannot be used have null there, and the last column says why.
public final class BetatronSpark {

    private BetatronSpark() {}

    /// Scores pairs as `betatron score` does: `policyChosen`, `policyRejected`, `referenceChosen`,
    /// `referenceRejected`, `gap`, `loss`, `dropped`.
    ///
    /// @param rows preference pairs in any layout that files may have
    /// @throws org.betatron.data.DataException         if the first rows are no pairs
    /// @throws org.betatron.torch.error.ModelException if there is no model
    public static Dataset<Row> score(Dataset<Row> rows, ScoreRequest request) {
        Path reference = request.reference();
        return pairs(
                rows,
                request.model(),
                request.recipe().data(),
                new PairOpener(
                        ModelFiles.of(request.model()),
                        reference == null ? null : ModelFiles.of(reference),
                        recipe(rows, request.recipe())),
                Columns.PAIR);
    }

    /// Scores pairs by a reward model: `chosen_score`, `rejected_score`, `gap`, `dropped`.
    ///
    /// @param rows preference pairs in any layout that files may have
    /// @throws org.betatron.data.DataException         if the first rows are no pairs
    /// @throws org.betatron.torch.error.ModelException if there is no model
    public static Dataset<Row> score(Dataset<Row> rows, RewardScoreRequest request) {
        return pairs(
                rows,
                request.model(),
                request.recipe().data(),
                new RewardOpener(ModelFiles.of(request.model()), recipe(rows, request.recipe())),
                Columns.REWARD);
    }

    /// Finds the pairs that are most likely mislabelled.
    ///
    /// @param scored pairs that were scored
    /// @param most   pairs that are listed, at least 1
    /// @return pairs with negative gaps, the most negative first, numbered by `rank` from 1
    public static Dataset<Row> suspects(Dataset<Row> scored, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("the number of suspects must be at least 1 but was " + most);
        }
        return scored.filter(col(Columns.GAP).lt(0))
                .orderBy(col(Columns.GAP))
                .limit(most)
                .withColumn(Columns.RANK, row_number().over(Window.orderBy(Columns.GAP)))
                .orderBy(col(Columns.RANK));
    }

    /// Says log-probs of pairs under a reference: `referenceChosen`, `referenceRejected`,
    /// `chosenTokens`,
    /// `rejectedTokens`, of every token `referenceChosenTokens` and `referenceRejectedTokens`,
    /// `dropped`.
    ///
    /// @param rows preference pairs in any layout that files may have
    /// @throws org.betatron.data.DataException         if the first rows are no pairs
    /// @throws org.betatron.torch.error.ModelException if there is no model
    public static Dataset<Row> reference(Dataset<Row> rows, ReferenceRequest request) {
        return pairs(
                rows,
                request.model(),
                request.recipe().data(),
                new ReferenceOpener(ModelFiles.of(request.model()), recipe(rows, request.recipe())),
                Columns.REFERENCE);
    }

    private static Dataset<Row> pairs(
            Dataset<Row> rows,
            Path model,
            DataSection<PreferenceFormat> data,
            RowsOpener opener,
            List<StructField> added) {
        ModelSource source = new ModelSource(model);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(source.directory())) {
            return new Frames(rows, Set.copyOf(data.columns()))
                    .through(opener, some -> source.loader(tokenizer, data).pairs(some, data.format()), added);
        }
    }

    /// Answers the prompts of rows: `modelPrompt`, `sample`, `completion`, `tokens`, `end`,
    /// `dropped`. Each row
    /// becomes one for each sample. An answer depends on model, prompt, sample and settings, and
    /// not on the
    /// partitions: rows with equal prompts get equal answers.
    ///
    /// @param rows prompts in any layout that files may have
    /// @throws org.betatron.data.DataException         if the first rows have no prompts
    /// @throws org.betatron.torch.error.ModelException if there is no model
    public static Dataset<Row> generate(Dataset<Row> rows, AnswerRequest request) {
        return prompts(
                rows,
                List.of(request.model()),
                request.rules(),
                new AnswerOpener(
                        ModelFiles.of(request.model()),
                        request.rules(),
                        request.spec(),
                        request.device(),
                        threads(rows, request.threads())),
                Columns.ANSWER);
    }

    /// Judges answers of two models, or of one against the chosen answers: `modelPrompt`, `sample`,
    /// `answer`,
    /// `tokens`, `opponent`, `opponentTokens`, `outcome`, `score`, `opponentScore`, `why`. Each row
    /// becomes one
    /// for each sample. [Comparisons] sums up.
    ///
    /// @param rows prompts in any layout that files may have
    /// @throws org.betatron.data.DataException         if the first rows have no prompts
    /// @throws org.betatron.torch.error.ModelException if there is no model
    public static Dataset<Row> evaluate(Dataset<Row> rows, EvaluateRequest request) {
        AnswerRequest answers = request.answers();
        Path against = request.against();
        Path reward = request.rewardModel();
        return prompts(
                rows,
                against == null ? List.of(answers.model()) : List.of(answers.model(), against),
                answers.rules(),
                new ContestOpener(
                        ModelFiles.of(answers.model()),
                        against == null ? null : ModelFiles.of(against),
                        reward == null ? new JudgeChoice.World() : new JudgeChoice.Reward(ModelFiles.of(reward)),
                        answers.rules(),
                        answers.spec(),
                        answers.device(),
                        threads(rows, answers.threads())),
                Columns.CONTEST);
    }

    private static Dataset<Row> prompts(
            Dataset<Row> rows, List<Path> models, RowRules rules, RowsOpener opener, List<StructField> added) {
        PromptReader reader = new PromptReader(
                models.stream().map(ModelPlace::of).map(ChatTemplate::load).toList(), PromptStyle.AS_WRITTEN, rules);
        return new Frames(rows, rules.columns()).through(opener, reader::read, added);
    }

    private static <R extends Recipe> String recipe(Dataset<Row> rows, R recipe) {
        @SuppressWarnings("unchecked") // The class of a recipe is that of its kind.
        Class<R> type = (Class<R>) recipe.getClass();
        return new RecipeReader()
                .text("recipe", Resolved.of(recipe).yaml())
                .option("compute.threads", threads(rows, recipe.compute().threads()))
                .resolve(type)
                .yaml();
    }

    /// Where executors share a host, each takes the cores that it was given.
    private static int threads(Dataset<Row> rows, int asked) {
        return asked != 0 ? asked : Integer.parseInt(rows.sparkSession().conf().get("spark.executor.cores", "0"));
    }
}
