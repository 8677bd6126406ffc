package org.betatron.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.cli.recipe.AlignRecipe;
import org.betatron.cli.recipe.RecipeChecks;
import org.betatron.cli.recipe.RecipeReader;
import org.betatron.cli.run.ScoreRun;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.betatron.evaluation.suspicion.Suspect;
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
        description = "Scores pairs under a model and a reference, and lists those most likely mislabelled.",
        footer = {
            "",
            "For example:",
            "  betatron score --model runs/dpo/model --reference runs/sft/model --data pairs.jsonl --suspicious 50"
        })
final class ScoreCommand implements Runnable {

    private static final int TEXT_WIDTH = 100;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model that is asked.")
    private Path model = Path.of("");

    @Option(
            names = "--reference",
            required = true,
            paramLabel = "DIR",
            description = "Model that it is compared with: what it was trained from.")
    private Path reference = Path.of("");

    @Option(names = "--data", required = true, paramLabel = "FILE", description = "Pairs; may be repeated.")
    private List<Path> files = List.of();

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "Recipe of align that says how rows are read and what a gap is, for example a run's.")
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

    @Option(names = "--out", paramLabel = "FILE", description = "JSON lines with the scores of every pair.")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (suspicious < 0) {
            throw new IllegalArgumentException("--suspicious must be at least 0 but was " + suspicious);
        }
        if (suspicious == 0 && out == null) {
            throw new ParameterException(spec.commandLine(), "--out FILE or --suspicious N must be given, or both");
        }
        RecipeReader reader = new RecipeReader();
        if (recipe != null) {
            reader.file(recipe);
        }
        AlignRecipe settings = reader.option("compute.device", device)
                .overrides(set)
                .resolve(AlignRecipe.class, AlignRecipe.DEFAULT)
                .recipe();
        RecipeChecks.checkDevice("recipe", settings.compute());
        PrintWriter printer = spec.commandLine().getOut();
        ScoreRun.Result result = new ScoreRun(model, reference, files, settings, suspicious, out).run(line -> {
            printer.println(line);
            printer.flush();
        });
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
}
