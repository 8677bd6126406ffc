package org.betatron.runs.reward;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.load.RowLimits;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.evaluation.judge.AnswerScorer;
import org.betatron.evaluation.reward.RewardException;
import org.betatron.runs.model.ModelPlace;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.training.run.Fingerprint;

/// A reward model with its tokenizer, in memory until it is closed. One thread at a time.
///
/// A prompt is scored as the policy reads it, with that model's chat template where it has one,
/// and an answer with the token that ends it, whether the policy wrote it or not: reward models
/// have learned no other answers.
public final class OpenRewardModel implements AnswerScorer, AutoCloseable {

    private static final Packing PACKING = Packing.ofTokens(8192);

    private final TorchRewardModel model;
    private final HuggingFaceTokenizer tokenizer;
    private final TextTokens tokens;
    private final RowLimits limits;

    private OpenRewardModel(TorchRewardModel model, HuggingFaceTokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        tokens = new TextTokens(tokenizer);
        limits = new RowLimits(model.vocabularySize(), model.maxPositions());
    }

    /// @param directory of a reward model, a GGUF file, or `ORG/NAME` on the hub
    /// @param models    opens a reward model
    /// @return the model, to be closed by the caller
    /// @throws org.betatron.torch.error.ModelException if it holds no reward model of one label
    /// @throws org.betatron.data.DataException         if it has no tokenizer
    public static OpenRewardModel open(Path directory, Function<Path, TorchRewardModel> models) {
        TorchRewardModel model = models.apply(directory);
        try {
            return new OpenRewardModel(model, HuggingFaceTokenizer.load(ModelPlace.of(directory)));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /// @return name of a reward model: where it lies, and what its files hold
    public static String identity(Path directory) {
        return "reward " + directory + " " + Fingerprint.of(new ModelDirectory(ModelPlace.of(directory)).modelFiles());
    }

    /// @return the model's own tokenizer
    HuggingFaceTokenizer tokenizer() {
        return tokenizer;
    }

    /// @return why no answer to a prompt can be scored: it "fills ..."; empty if a short one can
    Optional<String> promptProblem(String prompt) {
        return limits.promptProblem(tokens.prompt(prompt), tokenizer);
    }

    /// @return a score per answer; NaN for one that is too long with its prompt, or has tokens
    ///     that the model does not know
    @Override
    public double[] scores(List<String> prompts, List<String> answers) {
        return scores(prompts, answers, _ -> {});
    }

    /// As [#scores(List, List)], of a model that has to be sound.
    ///
    /// @throws RewardException if an answer that the model can read has a score that is no finite
    ///     number
    double[] finiteScores(List<String> prompts, List<String> answers) {
        return scores(prompts, answers, score -> {
            throw new RewardException("the reward model gave " + score
                    + " to an answer that it can read: its weights are damaged, or its numbers run over");
        });
    }

    /// @param broken hears of scores that are no finite numbers
    private double[] scores(List<String> prompts, List<String> answers, DoubleConsumer broken) {
        double[] scores = new double[answers.size()];
        Arrays.fill(scores, Double.NaN);
        List<TokenizedText> rows = IntStream.range(0, answers.size())
                .mapToObj(i ->
                        new TokenizedText("answer " + i, tokens.prompt(prompts.get(i)), tokens.ended(answers.get(i))))
                .toList();
        int[] fitting = IntStream.range(0, rows.size())
                .filter(i -> limits.holds(rows.get(i)))
                .toArray();
        if (fitting.length > 0) {
            BatchNumbers scored = RowBatch.of(rows, fitting, PACKING).score(model);
            for (int i = 0; i < scored.size(); i++) {
                double score = scored.sum(TokenQuantity.SCORE, i, 0);
                if (!Double.isFinite(score)) {
                    broken.accept(score);
                }
                scores[scored.row(i)] = score;
            }
        }
        return scores;
    }

    @Override
    public void close() {
        try (tokenizer) {
            model.close();
        }
    }
}
