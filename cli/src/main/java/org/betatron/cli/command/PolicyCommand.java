package org.betatron.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.core.policy.PolicySpec;
import org.betatron.runs.PolicyRun;
import org.betatron.runs.recipe.Choices;
import org.betatron.runs.recipe.PolicyRecipe;
import org.betatron.runs.recipe.Resolved;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Reinforcement learning from scores of the model's own answers; each method is a command.
abstract class PolicyCommand implements Runnable {

    private static final String TYPE = "policy.type";

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private RolloutOptions rollout = new RolloutOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// @return the kind of policy that the command trains
    abstract Class<? extends PolicySpec> type();

    /// @return name of settings of that kind, null for its defaults
    @Nullable
    String preset() {
        return null;
    }

    /// @return further options by their recipe paths, null where not given
    Map<String, @Nullable String> more() {
        return Map.of();
    }

    @Override
    public void run() {
        Map<String, @Nullable String> own = new LinkedHashMap<>(more());
        // What a recipe says is not overridden, so that another command's is noticed.
        own.put(TYPE, preset() == null && options.recipe == null && options.resume == null ? spec.name() : preset());
        Resolved<PolicyRecipe> resolved = rollout.resolve(options, PolicyRecipe.class, own);
        requireType(resolved.recipe().policy());
        if (options.prints(resolved)) {
            return;
        }
        PolicyRun.run(options.request(resolved), rollout.setup());
    }

    /// A command never trains by another method than the one that it is called after.
    private void requireType(PolicySpec policy) {
        if (!type().isInstance(policy)) {
            String other = Choices.tag(policy);
            throw new ParameterException(
                    spec.commandLine(), "the recipe says policy: " + other + "; run it with betatron " + other);
        }
    }

    /// `betatron grpo`.
    @Command(
            name = "grpo",
            mixinStandardHelpOptions = true,
            description = "Trains a model on scores of its own answers: group relative policy optimization.",
            footer = {
                "",
                "The rows of the data are prompts. For example:",
                "  betatron grpo --model out/sft/model --data prompts.jsonl --reward out/reward/model --out out/grpo",
                "  betatron grpo --model out/sft/model --data prompts.jsonl --preset dapo \\",
                "      --reward 'pattern:^Answer: ' --reward 0.1*length:50 --out out/dapo"
            })
    static final class Grpo extends PolicyCommand {

        @Option(
                names = "--preset",
                paramLabel = "NAME",
                description = "Settings of a variant: dr-grpo, dapo or gspo (policy).")
        private @Nullable String preset;

        @Override
        @Nullable
        String preset() {
            return preset;
        }

        @Override
        Class<? extends PolicySpec> type() {
            return PolicySpec.Grpo.class;
        }
    }

    /// `betatron rloo`.
    @Command(
            name = "rloo",
            mixinStandardHelpOptions = true,
            description = "Trains a model on scores of its own answers: REINFORCE, each answer against the others.",
            footer = {
                "",
                "The rows of the data are prompts. For example:",
                "  betatron rloo --model out/sft/model --data prompts.jsonl --reward out/reward/model --out out/rloo"
            })
    static final class Rloo extends PolicyCommand {

        @Override
        Class<? extends PolicySpec> type() {
            return PolicySpec.Rloo.class;
        }
    }

    /// `betatron reinforce`.
    @Command(
            name = "reinforce",
            mixinStandardHelpOptions = true,
            description = "Trains a model on scores of its own answers: REINFORCE with a baseline.",
            footer = {
                "",
                "The rows of the data are prompts. For example:",
                "  betatron reinforce --model out/sft/model --data prompts.jsonl --reward out/reward/model \\",
                "      --out out/reinforce"
            })
    static final class Reinforce extends PolicyCommand {

        @Override
        Class<? extends PolicySpec> type() {
            return PolicySpec.Reinforce.class;
        }
    }

    /// `betatron ppo`.
    @Command(
            name = "ppo",
            mixinStandardHelpOptions = true,
            description = "Trains a model on scores of its own answers: PPO with a critic.",
            footer = {
                "",
                "The rows of the data are prompts. For example:",
                "  betatron ppo --model out/sft/model --data prompts.jsonl --reward out/reward/model \\",
                "      --critic out/reward/model --out out/ppo"
            })
    static final class Ppo extends PolicyCommand {

        @Option(
                names = "--critic",
                paramLabel = "MODEL",
                description = "Reward model or language model that the critic begins from; else --model (critic).")
        private @Nullable String critic;

        @Override
        Map<String, @Nullable String> more() {
            Map<String, @Nullable String> more = new LinkedHashMap<>();
            more.put("critic", critic);
            return more;
        }

        @Override
        Class<? extends PolicySpec> type() {
            return PolicySpec.Ppo.class;
        }
    }
}
