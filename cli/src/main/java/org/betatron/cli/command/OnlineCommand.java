package org.betatron.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.runs.OnlineRun;
import org.betatron.runs.recipe.OnlineRecipe;
import org.betatron.runs.recipe.Resolved;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `betatron online`.
@Command(
        name = "online",
        mixinStandardHelpOptions = true,
        description = "Aligns a model with pairs of its own answers, round by round: online DPO by default.",
        footer = {
            "",
            "The rows of the data are prompts. For example:",
            "  betatron online --model out/sft/model --data prompts.jsonl --reward out/reward/model --out out/online",
            "  betatron online --model out/sft/model --data pairs.jsonl --pairs data --out out/spin \\",
            "      --set rollout.batches=24 --set 'reference.update={type: blend, every: 24, share: 1}'"
        })
final class OnlineCommand implements Runnable {

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private RolloutOptions rollout = new RolloutOptions();

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "What is learned of pairs: " + RunOptions.PRESETS + " (alignment.preset).")
    private @Nullable String preset;

    @Option(
            names = "--pairs",
            paramLabel = "best|data",
            description = "Best answer against the worst, or the data's answer against an own one (pairs).")
    private @Nullable String pairs;

    @Override
    public void run() {
        Map<String, @Nullable String> own = new LinkedHashMap<>();
        own.put("alignment.preset", preset);
        own.put("pairs.type", pairs);
        Resolved<OnlineRecipe> resolved = rollout.resolve(options, OnlineRecipe.class, own);
        if (options.prints(resolved)) {
            return;
        }
        OnlineRun.run(options.request(resolved), rollout.setup());
    }
}
