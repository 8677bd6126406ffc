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
import picocli.CommandLine.ParameterException;

/// The option `--type` of commands that write models.
///
/// @param spec  of the command
/// @param given what was asked for, or null
record WeightFormats(CommandSpec spec, @Nullable String given) {

    static final String LABEL = "f32|f16|bf16|q8_0";

    private static final Map<String, DataType> OF_DIRECTORY =
            Map.of("f32", DataType.FP32, "f16", DataType.FP16, "bf16", DataType.BF16);
    private static final Map<String, GgufType> OF_GGUF =
            Map.of("f32", GgufType.F32, "f16", GgufType.F16, "bf16", GgufType.BF16, "q8_0", GgufType.Q8_0);

    /// @throws ParameterException if such files have no such format
    GgufType ofGguf() {
        return given == null ? GgufType.F16 : known(OF_GGUF, "of a GGUF file");
    }

    /// @return none where none was asked for
    /// @throws ParameterException if such files have no such format
    Optional<DataType> ofDirectory() {
        return given == null ? Optional.empty() : Optional.of(known(OF_DIRECTORY, "of a directory"));
    }

    void say(Path target, String format) {
        spec.commandLine().getOut().printf("Model written to %s in %s%n", target, format.toLowerCase(Locale.ROOT));
    }

    private <T> T known(Map<String, T> types, String where) {
        T found = types.get(String.valueOf(given));
        if (found == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--type " + where + " must be one of " + String.join(", ", new TreeSet<>(types.keySet()))
                            + " but was '" + given + "'");
        }
        return found;
    }
}
