package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.Iterator;
import org.betatron.runs.model.ModelInitialization;
import org.betatron.torch.architecture.KnownModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `betatron init`.
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Makes a model with random weights as a Hugging Face directory.")
final class InitCommand implements Runnable {

    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|FILE",
            completionCandidates = KnownNames.class,
            description = "A known model (${COMPLETION-CANDIDATES}) or a config.json.")
    private String config = "";

    @Option(
            names = "--tokenizer",
            required = true,
            paramLabel = "DIR",
            description = "Directory with tokenizer.json, or 'bytes' for the built-in tokenizer of bytes.")
    private String tokenizer = "";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory to make; new or empty.")
    private Path out = Path.of("");

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the weights (default 0).")
    private long seed;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private static final class KnownNames implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return KnownModels.names().iterator();
        }
    }

    @Override
    public void run() {
        long parameters = ModelInitialization.run(config, tokenizer, out, seed);
        spec.commandLine().getOut().printf("Model with %,d random parameters written to %s%n", parameters, out);
    }
}
