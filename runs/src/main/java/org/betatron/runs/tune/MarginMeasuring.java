package org.betatron.runs.tune;

import java.nio.file.Path;
import java.util.List;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.study.ClusteredBootstrap;
import org.betatron.evaluation.study.ClusteredBootstrap.Value;
import org.betatron.runs.RunListener;
import org.betatron.runs.evaluation.DivergenceRun;
import org.betatron.runs.evaluation.DivergenceRun.LogRatio;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.score.ScoreRun;
import org.betatron.training.preference.PairMeasurement;
import org.betatron.training.run.Settings;

/// By the held-out pairs alone: by how many nats more the chosen answer gained than the rejected
/// one, in the mean,
/// whatever the setting's own objective.
///
/// To first order this is what the reward gains: `E[log-ratio of chosen - log-ratio of rejected]`
/// over pairs of answers
/// of the start grows with the covariance of log-ratio and reward, and so does `E_policy[reward] -
/// E_start[reward]`. It
/// grows beyond any bound with the distance, where the reward does not, so it means something at
/// equal distance only.
///
/// @param heldOut the pairs
public record MarginMeasuring(HeldOutPairs heldOut) implements Measuring {

    private static final double ERROR = 0.05;

    @Override
    public String name() {
        return "held-out margin";
    }

    @Override
    public Settings settings() {
        return heldOut.settings().with("by", "margin");
    }

    @Override
    public Measured measure(Path model, RunListener listener) {
        AlignRecipe recipe = heldOut.scoring();
        List<PairMeasurement> pairs = new ScoreRun(model, heldOut.start(), heldOut.files(), recipe, 0, null)
                .measurements(heldOut.limit(), listener);
        List<LogRatio> answers = new DivergenceRun(
                        model,
                        heldOut.start(),
                        heldOut.files(),
                        recipe.data().rules(),
                        heldOut.limit(),
                        heldOut.generation(),
                        recipe.compute().device())
                .run(listener);
        int[] row = {0};
        return new Measured(
                estimate(pairs.stream()
                        .map(pair -> new Value(row[0]++, pair.gap()))
                        .toList()),
                estimate(answers.stream()
                        .map(answer -> new Value(answer.prompt(), answer.logRatio()))
                        .toList()));
    }

    private static Estimate estimate(List<Value> values) {
        return new ClusteredBootstrap(List.of(values)).estimate(ERROR);
    }
}
