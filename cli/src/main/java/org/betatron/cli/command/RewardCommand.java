package org.betatron.cli.command;

import java.util.Map;
import org.betatron.cli.recipe.RecipeChecks;
import org.betatron.cli.recipe.RecipeReader.Resolved;
import org.betatron.cli.recipe.RewardRecipe;
import org.betatron.cli.run.RewardRun;
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
            "  betatron reward --model runs/sft/model --data pairs.jsonl --out runs/reward",
            "  betatron evaluate --model runs/dpo/model --against runs/sft/model --data pairs.jsonl \\",
            "      --judge reward --reward-model runs/reward/model"
        })
final class RewardCommand implements Runnable {

    @Mixin
    private RunOptions options = new RunOptions();

    @Override
    public void run() {
        Resolved<RewardRecipe> resolved = options.resolve(RewardRecipe.class, RewardRecipe.DEFAULT, Map.of());
        if (options.prints(resolved)) {
            return;
        }
        RecipeChecks.checkReward("recipe", resolved, options.resume != null);
        RewardRun.run(options.request(resolved));
    }
}
