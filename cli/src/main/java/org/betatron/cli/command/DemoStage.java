package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.betatron.data.world.WorldModel;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.record.EvaluationRecord;

/// What all demos have in common: a world with noisy pairs, a supervised model, evaluations by the true reward, a
/// table.
///
/// Sizes are chosen so that training shows in the true reward within minutes.
///
/// @param out directory of the demo
record DemoStage(Path out) {

    static final String SUPERVISED = "sft";

    /// As the models are: a most probable answer may change with any step of training.
    private static final double TEMPERATURE = 1;

    /// A command to show and run.
    ///
    /// @param title     what it is for
    /// @param arguments as a user would type them after `betatron`
    record Step(String title, List<String> arguments) {

        /// @param command arguments without spaces in them, separated by one
        static Step of(String title, String command) {
            return new Step(title, List.of(command.split(" ")));
        }
    }

    /// @return directory of a run
    String run(String name) {
        return out + "/" + name;
    }

    /// @return directory of its model
    String model(String name) {
        return run(name) + "/model";
    }

    /// @return a file of the world
    String world(String file) {
        return out + "/world/" + file;
    }

    /// @return a world, a model, and its supervised fine-tuning
    List<Step> beginning() {
        return List.of(
                Step.of(
                        "Questions and answers of a small world; every fifth pair is labelled the wrong way round",
                        "world " + out + "/world --seed 1 --flips 0.2"),
                Step.of(
                        "A small model with random weights",
                        "init --config " + world(WorldModel.MEDIUM.fileName()) + " --tokenizer " + out + "/world --out "
                                + out + "/model"),
                Step.of(
                        "Supervised fine-tuning on good and bad answers alike",
                        "sft --model " + out + "/model --data " + world("sft.jsonl") + " --out " + run(SUPERVISED)
                                + " --steps 400 --batch-size 32 --learning-rate 5e-3 --set train.warmupSteps=30"
                                + " --set train.decay=cosine --set train.finalRatio=0.05"
                                + " --set train.maxGradientNorm=1"));
    }

    /// @param command  that trains
    /// @param name     of its directory
    /// @param settings beside those that all have
    /// @return a run from the supervised model, on the noisy pairs or the prompts of them
    Step trained(String command, String name, String title, String settings) {
        return Step.of(
                title,
                command + " --model " + model(SUPERVISED) + " --data " + world("pairs.jsonl") + " --eval "
                        + world("evaluation.jsonl") + " --out " + run(name) + " " + settings);
    }

    /// @return alignment with the noisy pairs, each of them once
    Step aligned(String name, String title, String settings) {
        return trained(
                "align",
                name,
                title,
                settings + " --reference-cache " + out + "/reference --epochs 1 --batch-size 32"
                        + " --learning-rate 5e-4 --set train.warmupSteps=10 --set train.evaluateEvery=0");
    }

    /// @return what answers of a run are truly worth
    Step evaluated(String name) {
        return evaluated(
                name,
                "What answers of " + name + " are truly worth, and how far it is from where it began",
                "world",
                evaluation(name));
    }

    /// @param judge options that say who judges
    /// @param to    directory of the evaluation
    Step evaluated(String name, String title, String judge, String to) {
        return Step.of(
                title,
                "evaluate --model " + model(name) + " --against " + model(SUPERVISED) + " --data "
                        + world("evaluation.jsonl") + " --judge " + judge + " --temperature " + TEMPERATURE
                        + " --max-new-tokens 48 --out " + to);
    }

    /// @return all runs on one page
    Step page(List<String> names) {
        return Step.of(
                "All runs on one page",
                "report " + String.join(" ", names.stream().map(this::run).toList()) + " --out " + out
                        + "/report.html");
    }

    private String evaluation(String name) {
        return run(name) + "/" + EvaluationRecord.OF_RUN;
    }

    /// @return what an evaluation found
    static ComparisonReport report(String evaluation) {
        return EvaluationRecord.read(Path.of(evaluation)).at(TEMPERATURE).orElseThrow();
    }

    /// Writes a table of runs, the start last.
    ///
    /// @param more  title of a further column; empty for none
    /// @param cells of that column, one for each run and one for the start
    void table(PrintWriter printer, List<String> names, String more, List<String> cells) {
        List<ComparisonReport> reports =
                names.stream().map(name -> report(evaluation(name))).toList();
        List<String> lines = new ArrayList<>();
        lines.add(line("run", " true reward", "KL, nats", "better than the start's", more));
        for (int i = 0; i < names.size(); i++) {
            ComparisonReport report = reports.get(i);
            lines.add(line(
                    names.get(i),
                    aligned(report.score()),
                    String.format(Locale.ROOT, "%8.2f", report.kl().value()),
                    String.format(
                            Locale.ROOT, "%5.1f %%", 100 * report.winRate().value()),
                    cells.isEmpty() ? "" : cells.get(i)));
        }
        lines.add(line(
                "(start)",
                aligned(reports.getFirst().opponentScore()),
                String.format(Locale.ROOT, "%8.2f", 0.0),
                "",
                cells.isEmpty() ? "" : cells.getLast()));
        lines.forEach(printer::println);
    }

    private static String line(String name, String reward, String kl, String better, String more) {
        return String.format(Locale.ROOT, "  %-11s %-23s %-9s %-24s %s", name, reward, kl, better, more)
                .stripTrailing();
    }

    private static String aligned(Estimate reward) {
        return (reward.value() < 0 ? "" : " ") + reward.text(2);
    }
}
