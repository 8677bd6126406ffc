package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import org.betatron.runs.ModelConversion;
import org.betatron.torch.tensor.DataType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron convert`.
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description =
                "Writes a GGUF file as a Hugging Face directory: configuration, weights, tokenizer, chat template.")
final class ConvertCommand implements Runnable {

    @Parameters(index = "0", paramLabel = "FILE.gguf", description = "The model to read.")
    private Path source = Path.of("");

    @Parameters(index = "1", paramLabel = "DIR", description = "Directory to make; new or empty.")
    private Path target = Path.of("");

    @Option(
            names = "--type",
            paramLabel = "f32|f16|bf16",
            description = "Number format of the weights (default: the narrowest that keeps the file's numbers as they"
                    + " are).")
    private @Nullable String type;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (!ModelConversion.isGguf(source)) {
            throw new ParameterException(
                    spec.commandLine(), "the model to read must be a file that ends in .gguf but was " + source);
        }
        DataType written = ModelConversion.toDirectory(source, target, format());
        spec.commandLine().getOut().printf("Model written to %s in %s%n", target, written.configName());
    }

    private Optional<DataType> format() {
        return switch (type) {
            case null -> Optional.empty();
            case "f32" -> Optional.of(DataType.FP32);
            case "f16" -> Optional.of(DataType.FP16);
            case "bf16" -> Optional.of(DataType.BF16);
            default ->
                throw new ParameterException(
                        spec.commandLine(), "--type must be f32, f16 or bf16 but was '" + type + "'");
        };
    }
}
