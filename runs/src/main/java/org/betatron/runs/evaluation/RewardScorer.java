package org.betatron.runs.evaluation;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.RunListener;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.training.run.Fingerprint;

/// A reward model of a directory: its tokenizer, and its weights while it scores.
///
/// A prompt is scored as the measured model reads it, with that model's chat template where it has
/// one, and an answer with the token that ends it.
///
/// @param directory    holds a reward model
/// @param device       where it computes
/// @param limits       what it can read
public record RewardScorer(Path directory, ComputeDevice device, RowLimits limits) implements AnswerScorer {

    private static final Packing PACKING = Packing.ofTokens(8192);

    /// @param listener hears what has to be said of the model's files
    /// @return a judge that prefers the answer with the higher score
    /// @throws org.betatron.torch.error.ModelException if the directory holds no reward model
    public static ScoreJudge judge(Path directory, ComputeDevice device, RunListener listener) {
        // Opened and closed: what is wrong with the model shows before any answer is written.
        try (TorchRewardModel model = open(directory, device, listener)) {
            return new ScoreJudge(
                    "reward " + directory + " " + Fingerprint.of(new ModelDirectory(directory).modelFiles()),
                    new RewardScorer(directory, device, new RowLimits(model.vocabularySize(), model.maxPositions())),
                    0);
        }
    }

    private static TorchRewardModel open(Path directory, ComputeDevice device, RunListener listener) {
        return ModelOpening.toldTo(listener).reward(directory, ComputeSpec.DEFAULT.on(device));
    }

    @Override
    public double[] scores(List<String> prompts, List<String> answers) {
        double[] scores = new double[answers.size()];
        Arrays.fill(scores, Double.NaN);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory);
                // What is to be said of it was said when the judge was made.
                TorchRewardModel model = open(directory, device, RunListener.NONE)) {
            TextTokens tokens = new TextTokens(tokenizer);
            List<TokenizedText> rows = IntStream.range(0, answers.size())
                    .mapToObj(i -> new TokenizedText(
                            "answer " + i, tokens.prompt(prompts.get(i)), tokens.ended(answers.get(i))))
                    .toList();
            int[] fitting = IntStream.range(0, rows.size())
                    .filter(i -> limits.holds(rows.get(i)))
                    .toArray();
            BatchNumbers scored = RowBatch.of(rows, fitting, PACKING).score(model);
            for (int i = 0; i < scored.size(); i++) {
                scores[scored.row(i)] = scored.sum(TokenQuantity.SCORE, i, 0);
            }
        }
        return scores;
    }
}
