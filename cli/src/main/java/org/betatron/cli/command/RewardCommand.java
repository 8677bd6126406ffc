package org.betatron.cli.command;

import java.util.Map;
import org.betatron.runs.RewardRun;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.RewardRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `betatron reward`.
@Command(
        name = "reward",
        mixinStandardHelpOptions = true,
        description = "Trains a reward model: learns to score the chosen answer of a pair above the rejected one.",
        footer = {
            "",
            "It starts from a language model, best one that was fine-tuned. For example:",
            "  betatron reward --model out/sft/model --data pairs.jsonl --out out/reward",
            "  betatron evaluate --model out/dpo/model --against out/sft/model --data pairs.jsonl \\",
            "      --judge reward --reward-model out/reward/model"
        })
final class RewardCommand implements Runnable {

    @Mixin
    private RunOptions options = new RunOptions();

    @Override
    public void run() {
        Resolved<RewardRecipe> resolved = options.resolve(RewardRecipe.class, Map.of());
        if (options.prints(resolved)) {
            return;
        }
        RewardRun.run(options.request(resolved));
    }
}
