package org.betatron.spark.submit;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Scores of pairs, as `betatron score`.
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description =
                "Scores pairs under a model and a reference, or under a reward model: the rows again, with scores.")
final class ScoreCommand implements Runnable {

    private final Supplier<SparkSession> session;

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Mixin
    private PairScores scores = new PairScores();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    ScoreCommand(Supplier<SparkSession> session) {
        this.session = session;
    }

    @Override
    public void run() {
        WrittenRows.tell(
                frames.write(scores.of(frames.read(session.get()))),
                frames.out(),
                spec.commandLine().getOut());
    }
}
