package org.betatron.spark.submit;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.spark.BetatronSpark;
import org.betatron.spark.ReferenceRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Log-probs of pairs under a reference, token by token.
@Command(
        name = "reference",
        mixinStandardHelpOptions = true,
        description = "Says log-probs of both answers of pairs under a reference, of every token and summed.")
final class ReferenceCommand implements Runnable {

    private final Supplier<SparkSession> session;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "The reference. Executors read it under the same path.")
    private Path model = Path.of("");

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Mixin
    private RecipeOptions recipe = new RecipeOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    ReferenceCommand(Supplier<SparkSession> session) {
        this.session = session;
    }

    @Override
    public void run() {
        ReferenceRequest request = new ReferenceRequest(model, recipe.settings(AlignRecipe.class));
        WrittenRows.tell(
                frames.write(BetatronSpark.reference(frames.read(session.get()), request)),
                frames.out(),
                spec.commandLine().getOut());
    }
}
