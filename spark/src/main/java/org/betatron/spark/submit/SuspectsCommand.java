package org.betatron.spark.submit;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.betatron.spark.BetatronSpark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The pairs most likely mislabelled, as `betatron score --suspicious`.
@Command(
        name = "suspects",
        mixinStandardHelpOptions = true,
        description = "Lists the pairs with the most negative gaps: the rows again, with scores and rank.")
final class SuspectsCommand implements Runnable {

    private static final int MOST = 100;

    private final Supplier<SparkSession> session;

    @Option(names = "--most", paramLabel = "N", description = "Pairs that are listed (default ${DEFAULT-VALUE}).")
    private int most = MOST;

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Mixin
    private PairScores scores = new PairScores();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    SuspectsCommand(Supplier<SparkSession> session) {
        this.session = session;
    }

    @Override
    public void run() {
        long listed = frames.write(BetatronSpark.suspects(scores.of(frames.read(session.get())), most)
                        .coalesce(1))
                .count();
        spec.commandLine().getOut().println(listed + " suspicious pairs written to " + frames.out());
    }
}
