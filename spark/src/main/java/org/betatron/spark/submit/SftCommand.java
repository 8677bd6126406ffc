package org.betatron.spark.submit;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.betatron.runs.recipe.SftRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `betatron sft` by several executors.
@Command(
        name = "sft",
        mixinStandardHelpOptions = true,
        description =
                "Teaches a model texts: a run of `betatron sft`, each rank of which is a task of a barrier stage.")
final class SftCommand implements Runnable {

    private final Supplier<SparkSession> session;

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    SftCommand(Supplier<SparkSession> session) {
        this.session = session;
    }

    @Override
    public void run() {
        options.run(SftRecipe.class, session, spec.commandLine().getOut());
    }
}
