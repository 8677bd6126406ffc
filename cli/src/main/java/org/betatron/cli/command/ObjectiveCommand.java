package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.List;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.PolicyRecipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.score.ObjectiveEvaluation;
import org.betatron.runs.score.PolicyEvaluation;
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
        throw new ParameterException(spec.commandLine(), "one of list, show and evaluate must be given");
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists objectives, calibrations, selections, aggregations and policy gradients: parameters,"
                    + " defaults, sources.")
    void list() {
        ChoiceCatalogue.list(spec.commandLine().getOut());
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Describes one objective, calibration, selection, aggregation or policy gradient.")
    void show(@Parameters(paramLabel = "TAG", description = "For example dpo, gaussian, drdpo or grpo.") String tag) {
        if (!ChoiceCatalogue.show(tag, spec.commandLine().getOut())) {
            throw new ParameterException(
                    spec.commandLine(), "TAG must be one of those that betatron objective list prints but was " + tag);
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
                        + " policyMismatched, referenceMismatched, mismatchedTokens. A labelled answer has one side.",
                "With --policy, or a recipe that has one: one JSON line per scored answer in, those to a prompt one after the other, and one out.",
                "A line has prompt, score (none: null), ended (true), and lists with a number per token: policy, old"
                        + " (as policy), reference, entropy, value, oldValue (as value)."
            })
    void evaluate(
            @Parameters(paramLabel = "FILE", description = "JSON lines, plain or gzip.") Path file,
            @Option(
                            names = "--recipe",
                            paramLabel = "FILE",
                            description = "Recipe; its alignment and train parts count, or policy and rollout.")
                    @Nullable
                    Path recipe,
            @Option(names = "--preset", paramLabel = "NAME", description = RunOptions.PRESETS + ".") @Nullable
                    String preset,
            @Option(
                            names = "--policy",
                            paramLabel = "NAME",
                            description = "A policy gradient in place of an alignment: grpo, dr-grpo, dapo, gspo, rloo,"
                                    + " reinforce or ppo (policy).")
                    @Nullable
                    String policy,
            @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Any recipe key; may be repeated.")
                    @Nullable
                    List<String> set) {
        RecipeReader reader = new RecipeReader();
        if (recipe != null) {
            reader.file(recipe);
        }
        reader.option("policy.type", policy)
                .option("alignment.preset", preset)
                .overrides(set == null ? List.of() : set);
        if (reader.mentions("policy")) {
            if (preset != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--policy and --preset must not both be given, nor --preset beside a recipe with a policy: one is"
                                + " learned or the other");
            }
            PolicyRecipe resolved = reader.resolve(PolicyRecipe.class).recipe();
            PolicyEvaluation.run(
                    file,
                    resolved.policy(),
                    resolved.rollout().maxNewTokens(),
                    spec.commandLine().getOut());
            return;
        }
        AlignRecipe resolved = reader.resolve(AlignRecipe.class).recipe();
        ObjectiveEvaluation.run(
                file, resolved.alignment(), resolved.train(), spec.commandLine().getOut());
    }
}
