package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.betatron.gguf.GgufType;
import org.betatron.torch.tensor.DataType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// In which number format a command writes a model.
final class WrittenModel {

    /// What to write.
    static final String TARGET =
            "What to write: a name that ends in .gguf for a GGUF file, else a new or empty directory.";

    private static final String LABEL = "f32|f16|bf16|q8_0";

    private static final Map<String, DataType> OF_DIRECTORY =
            Map.of("f32", DataType.FP32, "f16", DataType.FP16, "bf16", DataType.BF16);
    private static final Map<String, GgufType> OF_GGUF =
            Map.of("f32", GgufType.F32, "f16", GgufType.F16, "bf16", GgufType.BF16, "q8_0", GgufType.Q8_0);

    @Option(
            names = "--type",
            paramLabel = LABEL,
            description =
                    "Number format of the matrices (default: f16 in a GGUF file; in a directory f32, or the narrowest"
                            + " that keeps the numbers of a GGUF file as they are). q8_0 is for GGUF files.")
    private @Nullable String type;

    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// @throws ParameterException if such files have no such format
    GgufType ofGguf() {
        return type == null ? GgufType.F16 : known(OF_GGUF, "of a GGUF file");
    }

    /// @return none where none was asked for
    /// @throws ParameterException if such files have no such format
    Optional<DataType> ofDirectory() {
        return type == null ? Optional.empty() : Optional.of(known(OF_DIRECTORY, "of a directory"));
    }

    /// Says that it is written.
    void say(Path target, String format) {
        spec.commandLine().getOut().printf("Model written to %s in %s%n", target, format.toLowerCase(Locale.ROOT));
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
