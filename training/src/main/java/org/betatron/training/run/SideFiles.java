package org.betatron.training.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.betatron.core.files.Directories;

/// Files that go with every model of a run, at its checkpoints and at its end: those of the tokenizer, so that
/// the model can be used from where it lies.
///
/// @param files each is copied under its name, a directory with what is in it
public record SideFiles(List<Path> files) {

    /// A model by itself.
    public static final SideFiles NONE = new SideFiles(List.of());

    public SideFiles {
        files = List.copyOf(files);
    }

    /// Where the model writes a file of the same name, the model's stays.
    ///
    /// @param directory exists
    void write(Path directory, ModelWriter model) throws IOException {
        for (Path file : files) {
            Directories.copyInto(file, directory);
        }
        model.writeInto(directory);
    }

    /// Writes a model into an existing directory.
    @FunctionalInterface
    public interface ModelWriter {

        void writeInto(Path directory) throws IOException;
    }
}
