package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.cli.display.Displays;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.betatron.evaluation.suspicion.Suspect;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.runs.score.RewardScoreRun;
import org.betatron.runs.score.ScoreResult;
import org.betatron.runs.score.ScoreRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `betatron score`.
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = "Scores pairs under a model and a reference, or under a reward model, and lists those most"
                + " likely mislabelled.",
        footer = {
            "",
            "For example:",
            "  betatron score --model out/dpo/model --reference out/sft/model --data pairs.jsonl --suspicious 50",
            "  betatron score --model out/reward/model --data pairs.jsonl --out scored.jsonl"
        })
final class ScoreCommand implements Runnable {

    private static final int TEXT_WIDTH = 100;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Model that is asked: a language model, or a reward model.")
    private Path model = Path.of("");

    @Option(
            names = "--reference",
            paramLabel = "DIR",
            description =
                    "Model that a language model is compared with: what it was trained from. Not for reward models"
                            + " and objectives without a reference.")
    private @Nullable Path reference;

    @Option(names = "--data", required = true, paramLabel = "FILE", description = "Pairs; may be repeated.")
    private List<Path> files = List.of();

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "Recipe that says how rows are read and what a gap is, for example a run's: of align, or of"
                    + " reward for a reward model.")
    private @Nullable Path recipe;

    @Option(
            names = DeviceOption.NAME,
            paramLabel = DeviceOption.LABEL,
            description = "Where the models compute (compute.device).")
    private @Nullable String device;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any recipe key, for example alignment.objective.beta=0.5; may be repeated.")
    private List<String> set = List.of();

    @Option(names = "--suspicious", paramLabel = "N", description = "List the N pairs with the most negative gaps.")
    private int suspicious;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "JSON lines with the scores of every pair: with a reward model the rows again, with"
                    + " chosen_score and rejected_score.")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (suspicious < 0) {
            throw new IllegalArgumentException("--suspicious must be at least 0 but was " + suspicious);
        }
        if (suspicious == 0 && out == null) {
            throw wrong("--out FILE or --suspicious N must be given, or both");
        }
        if (out != null) {
            Outputs.requireOther(spec, out, files, model, reference, recipe);
        }
        PrintWriter printer = spec.commandLine().getOut();
        ScoreResult result = score(Displays.of(printer, spec.commandLine().getErr()));
        if (out != null) {
            printer.println("Scores of " + result.pairs() + " pairs written to " + out);
        }
        for (Suspect suspect : result.suspects()) {
            printer.printf(
                    Locale.ROOT,
                    "%n%s  %s:%d  gap %.4g%n",
                    suspect.id(),
                    suspect.file(),
                    suspect.line(),
                    suspect.gap());
            printer.println("  prompt    " + Suspect.onOneLine(suspect.prompt(), TEXT_WIDTH));
            printer.println("  chosen    " + Suspect.onOneLine(suspect.chosen(), TEXT_WIDTH));
            printer.println("  rejected  " + Suspect.onOneLine(suspect.rejected(), TEXT_WIDTH));
        }
        for (FlipSearch search : result.searches()) {
            printer.printf(
                    Locale.ROOT,
                    "%nof the %d most suspicious pairs %d are flipped: precision %.3f, recall %.3f (by chance %.3f)%n",
                    search.looked(),
                    search.found(),
                    search.precision(),
                    search.recall(),
                    search.chance());
        }
        printer.flush();
    }

    private ScoreResult score(RunListener listener) {
        if (new ModelSource(model).holdsRewardModel()) {
            if (reference != null) {
                throw wrong("--reference has no effect: a reward model is compared with nothing");
            }
            RewardRecipe settings = settings(RewardRecipe.class);
            RecipeChecks.checkDevice("recipe", settings.compute());
            return new RewardScoreRun(model, files, settings, suspicious, out).run(listener);
        }
        AlignRecipe settings = settings(AlignRecipe.class);
        if (reference == null && ScoreRun.needsReference(settings)) {
            throw wrong("--reference DIR must be given: what the model was trained from; only a reward model and"
                    + " objectives that compare with nothing, as simpo, have none");
        }
        if (reference != null && !ScoreRun.needsReference(settings)) {
            throw wrong("--reference has no effect: the recipe's objective compares with nothing");
        }
        RecipeChecks.checkDevice("recipe", settings.compute());
        return new ScoreRun(model, reference, files, settings, suspicious, out).run(listener);
    }

    private <R extends Recipe> R settings(Class<R> type) {
        RecipeReader reader = new RecipeReader();
        if (recipe != null) {
            reader.file(recipe);
        }
        return reader.option("compute.device", device)
                .overrides(set)
                .resolve(type)
                .recipe();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
