package org.betatron.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.runs.RewardSetup;
import org.betatron.runs.recipe.PromptedRecipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.RewardArgument;
import org.betatron.runs.recipe.RewardSourceSpec;
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

    /// Reads recipe and options, these among them, into one resolved recipe.
    ///
    /// @param options of every run
    /// @param own     values of a command's own options by recipe path, null where not given
    <R extends PromptedRecipe> Resolved<R> resolve(
            RunOptions options, Class<R> type, Map<String, @Nullable String> own) {
        Map<String, @Nullable String> settings = new LinkedHashMap<>(own);
        settings.put("rollout.samples", samples);
        settings.put("rollout.maxNewTokens", maxNewTokens);
        if (options.resume != null) {
            settings.put(RewardSourceSpec.PATH, rewards.isEmpty() ? null : String.join(", ", rewards));
            return options.resolve(type, settings);
        }
        RecipeReader reader = options.reader(settings);
        if (!rewards.isEmpty()) {
            reader.option(
                    RewardSourceSpec.PATH,
                    RewardArgument.settings(rewards.stream()
                            .map(text -> RewardArgument.parse("--reward", text))
                            .toList()));
        }
        return reader.resolve(type);
    }

    RewardSetup setup() {
        return new RewardSetup(List.of(), confirmed);
    }
}
