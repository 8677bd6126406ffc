package org.betatron.spark.submit;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.betatron.spark.AnswerRequest;
import org.betatron.spark.BetatronSpark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Answers to the prompts of rows.
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Answers the prompts of rows: each row again for every sample, with its answer.")
final class GenerateCommand implements Runnable {

    private final Supplier<SparkSession> session;

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Mixin
    private AnswerOptions answers = new AnswerOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    GenerateCommand(Supplier<SparkSession> session) {
        this.session = session;
    }

    @Override
    public void run() {
        AnswerRequest request = answers.request();
        WrittenRows.tell(
                frames.write(BetatronSpark.generate(frames.read(session.get()), request)),
                frames.out(),
                spec.commandLine().getOut());
    }
}
