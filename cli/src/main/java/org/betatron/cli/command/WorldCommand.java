package org.betatron.cli.command;

import java.nio.file.Path;
import org.betatron.data.world.WorldData;
import org.betatron.data.world.WorldSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron world`.
@Command(
        name = "world",
        mixinStandardHelpOptions = true,
        description = "Writes data of a small world whose rewards are known exactly: texts, pairs, questions to"
                + " measure on, a tokenizer, the shapes of models, and recipes for these.")
final class WorldCommand implements Runnable {

    @Parameters(paramLabel = "DIR", description = "Directory to write into.")
    private Path out = Path.of("");

    @Option(names = "--texts", paramLabel = "N", description = "Answers to imitate (default ${DEFAULT-VALUE}).")
    private int texts = WorldSpec.DEFAULT.texts();

    @Option(names = "--pairs", paramLabel = "N", description = "Pairs to learn from (default ${DEFAULT-VALUE}).")
    private int pairs = WorldSpec.DEFAULT.pairs();

    @Option(names = "--evaluation", paramLabel = "N", description = "Pairs to measure on (default ${DEFAULT-VALUE}).")
    private int evaluation = WorldSpec.DEFAULT.evaluation();

    @Option(
            names = "--low-gap",
            paramLabel = "X",
            description =
                    "Share of pairs whose rewards are close; those of the others are far apart (default ${DEFAULT-VALUE}).")
    private double lowGap = WorldSpec.DEFAULT.lowGap();

    @Option(
            names = "--outliers",
            paramLabel = "X",
            description = "Share of pairs with a heap of words (default ${DEFAULT-VALUE}).")
    private double outliers = WorldSpec.DEFAULT.outliers();

    @Option(
            names = "--flips",
            paramLabel = "X",
            description = "Share of pairs with exchanged labels (default ${DEFAULT-VALUE}).")
    private double flips = WorldSpec.DEFAULT.flips();

    @Option(
            names = "--outlier-flips",
            paramLabel = "X",
            description = "Share of outliers with exchanged labels, beside --flips: 1 prefers every heap of words"
                    + " (default ${DEFAULT-VALUE}).")
    private double outlierFlips = WorldSpec.DEFAULT.outlierFlips();

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "How often the worse answer is preferred: Bradley-Terry on rewards divided by this; 0 for"
                    + " never (default ${DEFAULT-VALUE}).")
    private double temperature = WorldSpec.DEFAULT.temperature();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything drawn (default ${DEFAULT-VALUE}).")
    private long seed = WorldSpec.DEFAULT.seed();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        WorldSpec world =
                new WorldSpec(texts, pairs, evaluation, lowGap, outliers, flips, outlierFlips, temperature, seed);
        WorldData.write(world, out);
        spec.commandLine()
                .getOut()
                .printf(
                        "%,d texts, %,d pairs and %,d pairs to measure on written to %s; recipes/ there says how to learn"
                                + " from them%n",
                        texts, pairs, evaluation, out);
    }
}
