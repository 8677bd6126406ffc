package org.betatron.cli.command;

import java.io.PrintWriter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.betatron.cli.recipe.AlignRecipe;
import org.betatron.cli.recipe.Choices;
import org.betatron.cli.recipe.RecipeReader;
import org.betatron.cli.run.ObjectiveEvaluation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron objective`.
@Command(
        name = "objective",
        mixinStandardHelpOptions = true,
        description = "Lists what can be learned, and evaluates it on log-probs without a model.")
final class ObjectiveCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "one of list and evaluate must be given");
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists objectives, calibrations, selections and aggregations with their parameters.")
    void list() {
        PrintWriter out = spec.commandLine().getOut();
        for (String path : Choices.byPath().keySet()) {
            if (path.startsWith("alignment.")) {
                out.println(path);
                for (Map.Entry<String, Class<?>> choice : Choices.siblings(path).entrySet()) {
                    out.println("  %-12s %s".formatted(choice.getKey(), parameters(choice.getValue())));
                }
            }
        }
    }

    private static String parameters(Class<?> type) {
        Object defaults = Choices.defaultOf(type);
        return Stream.of(type.getRecordComponents())
                .map(component -> component.getName() + "=" + (defaults == null ? "?" : value(component, defaults)))
                .collect(Collectors.joining("  "));
    }

    private static String value(RecordComponent component, Object instance) {
        try {
            return String.valueOf(component.getAccessor().invoke(instance)).toLowerCase(Locale.ROOT);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    @Command(
            name = "evaluate",
            mixinStandardHelpOptions = true,
            description = {
                "Evaluates an alignment on log-probs: one JSON line per pair in, one JSON line per optimizer step out.",
                "A line has policyChosen, policyRejected, referenceChosen, referenceRejected (summed, nats),"
                        + " chosenTokens, rejectedTokens; what an objective does not use may be absent.",
                "Where it uses more: policyTail..., referenceTail..., referenceKl..., logCollision..., extrapolated...,"
                        + " interpolated..., each with Chosen and Rejected; chosenScore, rejectedScore;"
                        + " policyMismatched, referenceMismatched, mismatchedTokens. A labelled answer has one side."
            })
    void evaluate(
            @Parameters(paramLabel = "FILE", description = "JSON lines, plain or gzip.") Path file,
            @Option(
                            names = "--recipe",
                            paramLabel = "FILE",
                            description = "Recipe; its alignment and train parts count.")
                    @Nullable
                    Path recipe,
            @Option(names = "--preset", paramLabel = "NAME", description = "beta-dpo, dpo or published-code.") @Nullable
                    String preset,
            @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Any recipe key; may be repeated.")
                    @Nullable
                    List<String> set) {
        RecipeReader reader = new RecipeReader();
        if (recipe != null) {
            reader.file(recipe);
        }
        AlignRecipe resolved = reader.option("alignment.preset", preset)
                .overrides(set == null ? List.of() : set)
                .resolve(AlignRecipe.class, AlignRecipe.DEFAULT)
                .recipe();
        ObjectiveEvaluation.run(
                file, resolved.alignment(), resolved.train(), spec.commandLine().getOut());
    }
}
