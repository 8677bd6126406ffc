package org.betatron.runs.evaluation;

import java.nio.file.Path;
import java.util.List;
import org.betatron.evaluation.judge.AnswerScorer;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.RunListener;
import org.betatron.runs.reward.OpenRewardModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;

/// A reward model of a directory, in memory only while it scores: the models that wrote the answers
/// are there as well. [OpenRewardModel] says how it reads them.
///
/// @param directory    holds a reward model
/// @param device       where it computes
public record RewardScorer(Path directory, ComputeDevice device) implements AnswerScorer {

    /// @param listener hears what has to be said of the model's files
    /// @return a judge that prefers the answer with the higher score
    /// @throws org.betatron.torch.error.ModelException if the directory holds no reward model
    public static ScoreJudge judge(Path directory, ComputeDevice device, RunListener listener) {
        RewardScorer scorer = new RewardScorer(directory, device);
        // Opened and closed: what is wrong with the model shows before any answer is written.
        scorer.open(listener).close();
        return new ScoreJudge(OpenRewardModel.identity(directory), scorer, 0);
    }

    private OpenRewardModel open(RunListener listener) {
        return OpenRewardModel.open(
                directory, path -> ModelOpening.toldTo(listener).reward(path, ComputeSpec.DEFAULT.on(device)));
    }

    @Override
    public double[] scores(List<String> prompts, List<String> answers) {
        // What is to be said of it was said when the judge was made.
        try (OpenRewardModel model = open(RunListener.NONE)) {
            return model.scores(prompts, answers);
        }
    }
}
