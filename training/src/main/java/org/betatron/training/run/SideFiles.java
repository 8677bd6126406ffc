package org.betatron.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Files that go with every model of a run, at its checkpoints and at its end: those of the tokenizer, so that
/// the model can be used from where it lies.
///
/// @param files each is copied under its name
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
            Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        model.writeInto(directory);
    }

    /// Writes a model into an existing directory.
    @FunctionalInterface
    public interface ModelWriter {

        void writeInto(Path directory) throws IOException;
    }
}
