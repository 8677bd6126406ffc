package org.betatron.cli.command;

import java.util.List;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.generation.GenerationSpec;
import picocli.CommandLine.Option;

/// The options of every command that writes answers.
final class GenerationOptions {

    private static final String LINE_BREAK = "\\n";

    @Option(
            names = "--top-k",
            paramLabel = "N",
            description = "Draw from the N most probable tokens (default ${DEFAULT-VALUE}: from all).")
    private int topK = SamplingSpec.DEFAULT.topK();

    @Option(
            names = "--top-p",
            paramLabel = "X",
            description =
                    "Draw from the fewest tokens that reach this probability together (default ${DEFAULT-VALUE}).")
    private double topP = SamplingSpec.DEFAULT.topP();

    @Option(
            names = "--min-p",
            paramLabel = "X",
            description =
                    "Draw from tokens at least X times as probable as the most probable one (default ${DEFAULT-VALUE}).")
    private double minP = SamplingSpec.DEFAULT.minP();

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description = "Make tokens that occurred less probable, > 1 (default ${DEFAULT-VALUE}).")
    private double repetitionPenalty = SamplingSpec.DEFAULT.repetitionPenalty();

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Most tokens of an answer (default ${DEFAULT-VALUE}).")
    private int maxNewTokens = GenerationSpec.DEFAULT.maxNewTokens();

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "Text that ends an answer, \\n for a line break; may be repeated.")
    private List<String> stop = List.of();

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description =
                    "Answers written at the same time (default ${DEFAULT-VALUE}); changes the speed, not the answers.")
    private int batchSize = GenerationSpec.DEFAULT.batchSize();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draws (default ${DEFAULT-VALUE}).")
    private long seed = GenerationSpec.DEFAULT.seed();

    /// @param temperature of the draws
    /// @param samples     answers to each prompt
    /// @throws IllegalArgumentException if a value is out of range
    GenerationSpec spec(double temperature, int samples) {
        return new GenerationSpec(
                new SamplingSpec(temperature, topK, topP, minP, repetitionPenalty),
                samples,
                maxNewTokens,
                stop.stream().map(GenerationOptions::unescaped).toList(),
                batchSize,
                seed);
    }

    /// @return the text with the line breaks that a shell makes hard to type
    static String unescaped(String text) {
        return text.replace(LINE_BREAK, "\n");
    }
}
