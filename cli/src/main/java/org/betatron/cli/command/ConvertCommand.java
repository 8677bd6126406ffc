package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.betatron.cli.display.Displays;
import org.betatron.gguf.GgufType;
import org.betatron.runs.ModelConversion;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.place.ModelName;
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
        description = "Writes a GGUF file as a Hugging Face directory, or a Hugging Face directory as a GGUF file:"
                + " configuration, weights, tokenizer, chat template.",
        footer = {
            "",
            "  betatron convert model.gguf models/base",
            "  betatron convert out/dpo/model model.gguf --type q8_0"
        })
final class ConvertCommand implements Runnable {

    private static final Map<String, DataType> DIRECTORY_TYPES =
            Map.of("f32", DataType.FP32, "f16", DataType.FP16, "bf16", DataType.BF16);
    private static final Map<String, GgufType> GGUF_TYPES =
            Map.of("f32", GgufType.F32, "f16", GgufType.F16, "bf16", GgufType.BF16, "q8_0", GgufType.Q8_0);

    @Parameters(index = "0", paramLabel = "MODEL", description = "The model to read: a directory, or a GGUF file.")
    private Path source = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "What to write: a name that ends in .gguf for a GGUF file, else a new or empty directory.")
    private Path target = Path.of("");

    @Option(
            names = "--type",
            paramLabel = "f32|f16|bf16|q8_0",
            description =
                    "Number format of the matrices (default: f16 in a GGUF file; in a directory, the narrowest that"
                            + " keeps the numbers as they are). q8_0 is for GGUF files.")
    private @Nullable String type;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        source = ModelName.path(source);
        RunListener listener =
                Displays.of(spec.commandLine().getOut(), spec.commandLine().getErr());
        if (ModelPlace.isGguf(target)) {
            GgufType written = type == null ? GgufType.F16 : known(GGUF_TYPES, "of a GGUF file");
            ModelConversion.toGguf(source, target, written, listener);
            say(written.name().toLowerCase(Locale.ROOT));
        } else if (ModelPlace.isGguf(source)) {
            Optional<DataType> asked =
                    type == null ? Optional.empty() : Optional.of(known(DIRECTORY_TYPES, "of a directory"));
            say(ModelConversion.toDirectory(source, target, asked, listener).configName());
        } else {
            throw new ParameterException(
                    spec.commandLine(),
                    "one of the two must be a GGUF file, whose name ends in .gguf, but both are directories: " + source
                            + ", " + target);
        }
    }

    private void say(String format) {
        spec.commandLine().getOut().printf("Model written to %s in %s%n", target, format);
    }

    private <T> T known(Map<String, T> types, String where) {
        T found = types.get(String.valueOf(type));
        if (found == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--type " + where + " must be one of " + String.join(", ", new TreeSet<>(types.keySet()))
                            + " but was '" + type + "'");
        }
        return found;
    }
}
