package org.betatron.spark.submit;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.betatron.runs.recipe.RewardRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `betatron reward` by several executors.
@Command(
        name = "reward",
        mixinStandardHelpOptions = true,
        description =
                "Trains a reward model on preference pairs: a run of `betatron reward`, each rank of which is a task of a barrier stage.")
final class RewardCommand implements Runnable {

    private final Supplier<SparkSession> session;

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    RewardCommand(Supplier<SparkSession> session) {
        this.session = session;
    }

    @Override
    public void run() {
        options.run(RewardRecipe.class, session, spec.commandLine().getOut());
    }
}
