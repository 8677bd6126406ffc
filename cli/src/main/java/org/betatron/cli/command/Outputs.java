package org.betatron.cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.betatron.core.run.RunFiles;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Keeps commands from writing over what people gave them, and over what runs have left.
final class Outputs {

    private Outputs() {}

    /// @param out    file that the command will write
    /// @param inputs files that it reads
    /// @throws ParameterException if it is one of them, or a file of a run
    static void requireOther(CommandSpec spec, Path out, List<Path> inputs) {
        for (Path input : inputs) {
            if (isSame(out, input)) {
                throw new ParameterException(
                        spec.commandLine(), "--out " + out + " is read by this command: name another file");
            }
        }
        if (RunFiles.isOfRun(out)) {
            throw new ParameterException(
                    spec.commandLine(), "--out " + out + " is a file of a run, which would be lost: name another one");
        }
    }

    private static boolean isSame(Path out, Path input) {
        try {
            return Files.exists(out) && Files.exists(input) && Files.isSameFile(out, input);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + out, e);
        }
    }
}
