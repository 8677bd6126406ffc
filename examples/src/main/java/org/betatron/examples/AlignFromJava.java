package org.betatron.examples;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.DoubleStream;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.data.world.WorldData;
import org.betatron.data.world.WorldModel;
import org.betatron.data.world.WorldSpec;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.runs.AlignRun;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.betatron.runs.RunRequest;
import org.betatron.runs.RunResult;
import org.betatron.runs.SftRun;
import org.betatron.runs.evaluation.EvaluationRequest;
import org.betatron.runs.evaluation.EvaluationResult;
import org.betatron.runs.evaluation.EvaluationRun;
import org.betatron.runs.generation.GenerationRun;
import org.betatron.runs.model.ModelInitialization;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.SftRecipe;
import org.betatron.runs.score.ScoreResult;
import org.betatron.runs.score.ScoreRun;
import org.betatron.training.TrainLength;

/// From nothing to an aligned model and how much better it is, in one Java program: docs/java.md
/// walks through it.
///
/// @param directory where everything is left; new or empty
/// @param steps     steps of each kind of training
/// @param out       what is printed
public record AlignFromJava(Path directory, int steps, PrintStream out) {

    public static void main(String[] arguments) {
        new AlignFromJava(Path.of(arguments.length > 0 ? arguments[0] : "out/example"), 60, System.out).run();
    }

    /// What came of it.
    ///
    /// @param aligned what the alignment did
    /// @param judged  how the aligned model compares with the one before
    public record Finished(RunResult aligned, EvaluationResult judged) {}

    /// Carries it out.
    public Finished run() {
        // A world whose true rewards are known takes the place of your own files and model.
        Path world = directory.resolve("world");
        WorldData.write(new WorldSpec(400, 200, 40, 0.5, 0, 0.1, 0, 0.5, 1), world);
        Path initial = directory.resolve("initial");
        ModelInitialization.run(world.resolve(WorldModel.SMALL.fileName()).toString(), world.toString(), initial, 1);

        SftRecipe imitation = SftRecipe.DEFAULT
                .withModel(initial)
                .withData(SftRecipe.DEFAULT.data().withFiles(world.resolve("sft.jsonl")))
                .withTrain(SftRecipe.DEFAULT
                        .train()
                        .withLength(new TrainLength.Steps(steps))
                        .withBatchSize(16)
                        .withLearningRate(5e-3)
                        .withWarmupSteps(5));
        Path start = model(SftRun.run(RunRequest.begin(imitation, directory.resolve("sft"))));

        AlignRecipe preference = AlignRecipe.DEFAULT
                .withModel(start)
                .withAlignment(AlignmentSpec.DEFAULT) // beta-DPO; AlignmentSpec.DPO is plain
                .withData(AlignRecipe.DEFAULT.data().withFiles(world.resolve("pairs.jsonl")))
                .withTrain(AlignRecipe.DEFAULT
                        .train()
                        .withLength(new TrainLength.Steps(steps))
                        .withBatchSize(16)
                        .withLearningRate(1e-3)
                        .withWarmupSteps(5));
        RunResult aligned = AlignRun.run(
                RunRequest.begin(preference, directory.resolve("beta-dpo")).withListener(watch()));
        DoubleSummaryStatistics betas =
                DoubleStream.of(aligned.series("train/beta")).summaryStatistics();
        out.printf(
                "%d steps, held-out accuracy %.2f, beta between %.3f and %.3f%n",
                aligned.steps(), aligned.newest("eval/accuracy").orElse(Double.NaN), betas.getMin(), betas.getMax());

        ScoreResult scores = ScoreRun.of(preference, model(aligned), start, 3, world.resolve("pairs.jsonl"))
                .run(RunListener.NONE);
        scores.suspects().forEach(pair -> out.println("probably mislabelled: " + pair.id()));

        GenerationRun.of(model(aligned), "where is the kettle ?")
                .run(watch())
                .answers()
                .forEach(answer -> out.println("answer: " + answer.text()));

        EvaluationResult judged = EvaluationRun.run(
                EvaluationRequest.of(
                                model(aligned), start, List.of(world.resolve("evaluation.jsonl")), ScoreJudge.ofWorld())
                        .withLimit(20),
                RunListener.NONE);
        judged.reports()
                .forEach(report -> out.printf(
                        "at temperature %.1f it beats its start in %.0f %% of %d comparisons%n",
                        report.temperature(), 100 * report.winRate().value(), report.answers()));
        return new Finished(aligned, judged);
    }

    private RunListener watch() {
        return event -> {
            switch (event) {
                case RunEvent.Evaluated(long step, var metrics) ->
                    out.printf(
                            "after %d steps: margin %.3f%n",
                            step, metrics.get("eval/margin").orElse(Double.NaN));
                case RunEvent.Warning(var message) -> out.println("warning: " + message);
                default -> {}
            }
        };
    }

    /// A run that was stopped leaves no model; nobody stops these.
    private static Path model(RunResult result) {
        return result.model().orElseThrow();
    }
}
