package org.betatron.cli.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.data.HuggingFaceTokenizer;
import org.betatron.evaluation.generation.Generator;
import org.betatron.evaluation.judge.AnswerScorer;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.torch.ComputeDevice;
import org.betatron.torch.ComputeSpec;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.weights.ModelDirectory;
import org.betatron.training.run.Fingerprint;

/// A reward model of a directory: its tokenizer, and its weights while it scores.
///
/// A prompt is scored as the measured model reads it, with that model's chat template where it has
/// one, and an answer with the token that ends it.
///
/// @param directory    holds a reward model
/// @param device       where it computes
/// @param maxPositions longest prompt and answer, tokens
public record RewardScorer(Path directory, ComputeDevice device, int maxPositions) implements AnswerScorer {

    /// Tokens that go through the model at once.
    private static final int BATCH_TOKENS = 8192;

    /// @return a judge that prefers the answer with the higher score
    /// @throws org.betatron.torch.ModelException if the directory holds no reward model
    public static ScoreJudge judge(Path directory, ComputeDevice device) {
        // Opened and closed: what is wrong with the model shows before any answer is written.
        try (TorchRewardModel model = load(directory, device)) {
            return new ScoreJudge(
                    "reward " + directory + " " + Fingerprint.of(new ModelDirectory(directory).modelFiles()),
                    new RewardScorer(directory, device, model.maxPositions()),
                    0);
        }
    }

    private static TorchRewardModel load(Path directory, ComputeDevice device) {
        return TorchRewardModel.load(directory, ComputeSpec.DEFAULT.on(device));
    }

    @Override
    public double[] scores(List<String> prompts, List<String> answers) {
        double[] scores = new double[answers.size()];
        Arrays.fill(scores, Double.NaN);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory);
                TorchRewardModel model = load(directory, device)) {
            List<int[]> promptIds = prompts.stream()
                    .map(prompt -> Generator.promptIds(tokenizer, prompt))
                    .toList();
            List<int[]> answerIds = answers.stream()
                    .map(answer -> Contestant.ended(tokenizer, answer))
                    .toList();
            for (int first = 0; first < scores.length; ) {
                List<Integer> chosen = new ArrayList<>();
                PackedBatch.Builder batch = PackedBatch.builder();
                int next = fill(batch, chosen, first, promptIds, answerIds);
                if (!chosen.isEmpty()) {
                    TokenLogProbs scored = model.score(batch.build());
                    for (int i = 0; i < chosen.size(); i++) {
                        scores[chosen.get(i)] = scored.sum(i);
                    }
                }
                first = next;
            }
        }
        return scores;
    }

    /// Fills a batch; answers to equal prompts that follow each other share theirs.
    ///
    /// @param chosen takes the numbers of the answers that are in it
    /// @return number of the first answer that is left for the next batch
    private int fill(
            PackedBatch.Builder batch, List<Integer> chosen, int first, List<int[]> prompts, List<int[]> answers) {
        int tokens = 0;
        int next = first;
        while (next < answers.size() && tokens < BATCH_TOKENS) {
            int[] prompt = prompts.get(next);
            List<int[]> responses = new ArrayList<>();
            while (next < answers.size() && Arrays.equals(prompts.get(next), prompt)) {
                int[] answer = answers.get(next);
                if (prompt.length + answer.length <= maxPositions) {
                    responses.add(answer);
                    chosen.add(next);
                    tokens += answer.length;
                }
                next++;
            }
            if (!responses.isEmpty()) {
                batch.add(prompt, responses.toArray(int[][]::new));
                tokens += prompt.length;
            }
        }
        return next;
    }
}
