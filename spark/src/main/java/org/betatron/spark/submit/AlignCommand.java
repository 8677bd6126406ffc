package org.betatron.spark.submit;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.betatron.runs.recipe.AlignRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `betatron align` by several executors.
@Command(
        name = "align",
        mixinStandardHelpOptions = true,
        description =
                "Aligns a model with preference pairs: a run of `betatron align`, each rank of which is a task of a barrier stage.")
final class AlignCommand implements Runnable {

    private final Supplier<SparkSession> session;

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    AlignCommand(Supplier<SparkSession> session) {
        this.session = session;
    }

    @Override
    public void run() {
        options.run(AlignRecipe.class, session, spec.commandLine().getOut());
    }
}
