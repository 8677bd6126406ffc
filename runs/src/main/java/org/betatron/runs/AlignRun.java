package org.betatron.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.data.DataException;
import org.betatron.data.layout.AnswerFormat;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.row.HeldOut.Split;
import org.betatron.data.row.LabelledRow;
import org.betatron.data.row.MismatchedAnswers;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.evaluation.record.Sample;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RowChoice;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.Evaluation;
import org.betatron.training.TrainSpec;
import org.betatron.training.preference.PreferenceEvaluation;
import org.betatron.training.preference.PreferenceRule;

/// Preference alignment from a recipe to a model on disk.
public final class AlignRun {

    /// A share of one class below which little is learned of it; ours.
    private static final double FEW_OF_A_CLASS = 0.15;

    private final RunRequest<AlignRecipe> request;
    private final AlignRecipe recipe;
    private final Alignment alignment;

    private AlignRun(RunRequest<AlignRecipe> request) {
        this.request = request;
        this.recipe = request.recipe();
        this.alignment = recipe.alignment().create();
    }

    /// Carries out a run.
    ///
    /// @throws org.betatron.runs.recipe.RecipeException if settings of the recipe do not go
    ///     together
    public static RunResult run(RunRequest<AlignRecipe> request) {
        return new AlignRun(request.pinned()).run();
    }

    private RunResult run() {
        Path start = ModelPlace.of(Path.of(recipe.model()));
        ModelSource source = new ModelSource(start);
        try (RunSession session = RunSession.open(request, source);
                HuggingFaceTokenizer tokenizer = source.openTokenizer()) {
            return session.together(() -> run(session, source, tokenizer));
        }
    }

    private RunResult run(RunSession session, ModelSource source, HuggingFaceTokenizer tokenizer) {
        DataSetLoader loader = session.telling(source.loader(tokenizer, recipe.data()));
        Split<? extends LabelledRow<?>> rows = rows(session, loader);
        try (References ahead = References.open(request, alignment, session, source, rows);
                TorchLanguageModel model = session.openModel(TorchLanguageModel::load);
                References references = ahead.beside(recipe, alignment, session, model)) {
            return train(session, rows, references, model, session.account(tokenizer));
        }
    }

    private RunResult train(
            RunSession session,
            Split<? extends LabelledRow<?>> rows,
            References references,
            TorchLanguageModel model,
            RunAccount account) {
        boolean startsAnew = session.checkpoint().isEmpty();
        if (startsAnew) {
            account.sample(model, rows.evaluation(), Sample.BEFORE);
        }
        TrainSpec train = recipe.train();
        PreferenceRule rule = new PreferenceRule(
                alignment,
                recipe.data().batches().order(rows.training(), train),
                references.training(),
                train.microBatchSize(),
                train.seed());
        Evaluation<AlignmentState> evaluation = rows.evaluation().isEmpty()
                ? Evaluation.none()
                : new PreferenceEvaluation(
                        model,
                        alignment,
                        rows.evaluation(),
                        references.evaluation(),
                        train.packing(),
                        account.listener(startsAnew && train.evaluateEvery() > 0),
                        session.ranks());
        return session.train(new Training<>(
                model,
                model.asking(rule.request()),
                List.of(),
                rule,
                rows,
                evaluation,
                references.moving(),
                () -> account.sample(model, rows.evaluation(), Sample.AFTER),
                account::gaps));
    }

    private Split<? extends LabelledRow<?>> rows(RunSession session, DataSetLoader loader) {
        RowChoice choice = recipe.rows();
        if (!choice.isAnswers(alignment.objective().rows())) {
            return split(session, files -> loader.pairs(files, recipe.data().format()));
        }
        Split<TokenizedAnswer> answers = split(session, files -> loader.answers(files, AnswerFormat.AUTO));
        warnOfOneClass(session, answers.training());
        return alignment.inputs().mismatched()
                ? new Split<>(
                        mismatched("training", "data.files or data.heldOut", answers.training()),
                        mismatched(
                                recipe.data().evaluation().isEmpty() ? "held-out" : "evaluation",
                                recipe.data().evaluation().isEmpty() ? "data.heldOut" : "data.evaluation",
                                answers.evaluation()))
                : answers;
    }

    /// What is good can only be learned beside what is not.
    private static void warnOfOneClass(RunSession session, List<TokenizedAnswer> rows) {
        long desirable = rows.stream().filter(TokenizedAnswer::desirable).count();
        long fewer = Math.min(desirable, rows.size() - desirable);
        if (fewer < FEW_OF_A_CLASS * rows.size()) {
            session.tell(new RunEvent.Warning(
                    desirable + " of " + rows.size() + " training rows are desirable and " + (rows.size() - desirable)
                            + " undesirable: " + (fewer == 0 ? "nothing says" : "little says")
                            + " what tells them apart; add rows of the other kind"));
        }
    }

    /// @param use     what the rows are for
    /// @param setting says how many there are
    private List<TokenizedAnswer> mismatched(String use, String setting, List<TokenizedAnswer> rows) {
        if (rows.size() == 1) {
            throw new DataException("the objective compares every answer with that of another row, so at least two "
                    + use + " rows are needed, but there is one ("
                    + rows.getFirst().id() + "): set " + setting
                    + " to have more, or none");
        }
        return rows.isEmpty()
                ? rows
                : MismatchedAnswers.assign(
                        rows,
                        recipe.data().truncation().maxTokens(),
                        recipe.train().seed());
    }

    private <R extends LabelledRow<R>> Split<R> split(
            RunSession session, Function<List<Path>, TokenizedDataSet<R>> reader) {
        Split<R> asRead = session.split(
                recipe.data(),
                files -> requireScores(reader.apply(files)),
                recipe.train().seed());
        return session.transform(asRead, recipe.data().transforms());
    }

    private <R extends LabelledRow<R>> TokenizedDataSet<R> requireScores(TokenizedDataSet<R> rows) {
        return alignment.needsScores()
                ? RequiredScores.of(rows, "the gap of this alignment is one of explicit scores")
                : rows;
    }
}
