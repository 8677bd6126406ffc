package org.betatron.cli.command;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.betatron.runs.SftRun;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.SftRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `betatron sft`.
@Command(
        name = "sft",
        mixinStandardHelpOptions = true,
        description = "Supervised fine-tuning: learns to write the responses of a file, or a whole text.",
        footer = {
            "",
            "Of a preference file, the chosen answers are learned. For example:",
            "  betatron sft --model models/base --data pairs.jsonl --out out/sft --epochs 1"
        })
final class SftCommand implements Callable<Integer> {

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private RankOptions ranks = new RankOptions();

    @Override
    public Integer call() {
        Resolved<SftRecipe> resolved = options.resolve(SftRecipe.class, Map.of());
        if (options.prints(resolved)) {
            return 0;
        }
        Optional<Integer> launched = ranks.launch(resolved.recipe());
        if (launched.isPresent()) {
            return launched.get();
        }
        SftRun.run(ranks.placed(options.request(resolved)));
        return 0;
    }
}
