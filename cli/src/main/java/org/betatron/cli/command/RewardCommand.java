package org.betatron.cli.command;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
final class RewardCommand implements Callable<Integer> {

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private RankOptions ranks = new RankOptions();

    @Override
    public Integer call() {
        Resolved<RewardRecipe> resolved = options.resolve(RewardRecipe.class, Map.of());
        if (options.prints(resolved)) {
            return 0;
        }
        Optional<Integer> launched = ranks.launch(resolved.recipe());
        if (launched.isPresent()) {
            return launched.get();
        }
        RewardRun.run(ranks.placed(options.request(resolved)));
        return 0;
    }
}
