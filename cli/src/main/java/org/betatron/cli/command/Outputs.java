package org.betatron.cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.betatron.core.run.RunFiles;
import org.betatron.runs.place.DataPlace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Keeps commands from writing over what people gave them, and over what runs have left.
final class Outputs {

    private Outputs() {}

    /// @param out    file that the command will write
    /// @param data   files, directories and patterns of rows that it reads
    /// @param others files and directories that it reads; null where one was not given
    /// @throws ParameterException if it is one of them or a file in one, or a file of a run
    static void requireOther(CommandSpec spec, Path out, List<Path> data, @Nullable Path... others) {
        List<@Nullable Path> inputs = new ArrayList<>(DataPlace.files(data));
        Collections.addAll(inputs, others);
        try {
            // A link, or a directory on the way that is one, leads to what is replaced.
            Path place = Files.exists(out) ? out.toRealPath() : out;
            for (Path input : inputs) {
                if (input != null && isReplaced(place, input)) {
                    throw new ParameterException(
                            spec.commandLine(), "--out " + out + " is read by this command: name another file");
                }
            }
            if (RunFiles.isOfRun(out) || RunFiles.isOfRun(place)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--out " + out + " is a file of a run, which would be lost: name another one");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + out, e);
        }
    }

    private static boolean isReplaced(Path out, Path input) throws IOException {
        if (!Files.exists(out) || !Files.exists(input)) {
            return false;
        }
        return Files.isSameFile(out, input) || (Files.isDirectory(input) && out.startsWith(input.toRealPath()));
    }
}
