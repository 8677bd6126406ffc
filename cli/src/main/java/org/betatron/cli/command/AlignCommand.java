package org.betatron.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.betatron.runs.AlignRun;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Resolved;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `betatron align`.
@Command(
        name = "align",
        mixinStandardHelpOptions = true,
        description = "Aligns a model with preference pairs: beta-DPO by default.",
        footer = {
            "",
            "For example:",
            "  betatron align --model models/sft --data pairs.jsonl --out out/beta-dpo",
            "  betatron align --model models/sft --data pairs.jsonl --out out/ipo --preset dpo \\",
            "      --set alignment.objective=ipo"
        })
final class AlignCommand implements Callable<Integer> {

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private RankOptions ranks = new RankOptions();

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "What is learned: " + RunOptions.PRESETS + " (alignment.preset).")
    private @Nullable String preset;

    @Option(
            names = "--reference-cache",
            paramLabel = "DIR",
            description = "Where reference log-probs are kept, to be shared by runs (reference.cache).")
    private @Nullable String referenceCache;

    @Override
    public Integer call() {
        Map<String, @Nullable String> own = new LinkedHashMap<>();
        own.put("alignment.preset", preset);
        own.put("reference.cache", referenceCache);
        Resolved<AlignRecipe> resolved = options.resolve(AlignRecipe.class, own);
        if (options.prints(resolved)) {
            return 0;
        }
        Optional<Integer> launched = ranks.launch(resolved.recipe());
        if (launched.isPresent()) {
            return launched.get();
        }
        AlignRun.run(ranks.placed(options.request(resolved)));
        return 0;
    }
}
