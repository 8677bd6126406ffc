package org.betatron.cli.command;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.betatron.cli.display.PlanText;
import org.betatron.runs.plan.Planner;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.OnlineRecipe;
import org.betatron.runs.recipe.PolicyRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.runs.recipe.SftRecipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `betatron plan`.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Says what a run would take, and carries out none: parameters, memory, time of a step, files.",
            "Takes the options of the run. Reads its rows and the model's configuration, no weights."
        },
        footer = {
            "",
            "For example:",
            "  betatron plan --model models/sft --data pairs.jsonl --adapter lora",
            "  betatron plan --run sft --recipe recipe.yaml"
        })
final class PlanCommand implements Runnable {

    /// Kinds of runs.
    enum Run {
        ALIGN(AlignRecipe.class),
        SFT(SftRecipe.class),
        REWARD(RewardRecipe.class),
        GRPO(PolicyRecipe.class),
        RLOO(PolicyRecipe.class),
        REINFORCE(PolicyRecipe.class),
        PPO(PolicyRecipe.class),
        ONLINE(OnlineRecipe.class);

        private final Class<? extends Recipe> recipe;

        Run(Class<? extends Recipe> recipe) {
            this.recipe = recipe;
        }
    }

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = "--run",
            paramLabel = "KIND",
            description = "Which run: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Run run = Run.ALIGN;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Of align, what is learned: " + RunOptions.PRESETS + " (alignment.preset).")
    private @Nullable String preset;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        Map<String, @Nullable String> own = new LinkedHashMap<>();
        own.put("alignment.preset", preset);
        if (run.recipe == PolicyRecipe.class && options.recipe == null && options.resume == null) {
            own.put("policy.type", run.name().toLowerCase(Locale.ROOT));
        }
        Resolved<? extends Recipe> resolved = options.resolve(run.recipe, own);
        if (options.prints(resolved)) {
            return;
        }
        PlanText.table(Planner.plan(resolved)).forEach(spec.commandLine().getOut()::println);
        spec.commandLine().getOut().flush();
    }
}
