package org.betatron.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.runs.RewardSetup;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.RewardArgument;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of commands that learn from what the model writes, beside those of every run.
final class RolloutOptions {

    @Option(
            names = "--reward",
            paramLabel = "REWARD",
            description = {
                "What answers are worth: directory of a reward model, world, exact, pattern:EXPRESSION,",
                "length:N, ended, repetition, or judge:MODEL@URL, with a factor before it as in 0.5*ended;",
                "may be repeated (rewards)."
            })
    private List<String> rewards = List.of();

    @Option(names = "--samples", paramLabel = "N", description = "Answers to each prompt (rollout.samples).")
    private @Nullable String samples;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Most tokens of an answer (rollout.maxNewTokens).")
    private @Nullable String maxNewTokens;

    @Option(names = "--yes", description = "Ask a judge whatever it may cost.")
    private boolean confirmed;

    /// @return the options by their recipe paths, null where not given
    Map<String, @Nullable String> settings() {
        Map<String, @Nullable String> settings = new LinkedHashMap<>();
        settings.put("rollout.samples", samples);
        settings.put("rollout.maxNewTokens", maxNewTokens);
        return settings;
    }

    /// @return whether rewards are given here
    boolean hasRewards() {
        return !rewards.isEmpty();
    }

    /// Adds the rewards that are given here.
    void addTo(RecipeReader reader) {
        if (hasRewards()) {
            reader.option(
                    "rewards",
                    RewardArgument.settings(rewards.stream()
                            .map(text -> RewardArgument.parse("--reward", text))
                            .toList()));
        }
    }

    RewardSetup setup() {
        return new RewardSetup(List.of(), confirmed);
    }
}
