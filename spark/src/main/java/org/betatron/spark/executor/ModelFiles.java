package org.betatron.spark.executor;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.place.ModelName;
import org.betatron.torch.files.ModelDirectory;

/// A model as the driver sees it: what executors must see as well.
///
/// @param given    a path that means the same everywhere, or a commit on the hub
/// @param sizes    of its files, bytes, by name
/// @param modified when the driver's were written last, ms: a model that was written again is
///     another one
public record ModelFiles(String given, Map<String, Long> sizes, long modified) implements Serializable {

    public ModelFiles {
        sizes = Map.copyOf(sizes);
    }

    /// @param named a Hugging Face directory, a GGUF file, or a name on the hub
    /// @throws org.betatron.torch.error.ModelException if there is no model
    public static ModelFiles of(Path named) {
        String pinned = ModelName.pinned(named.toString());
        boolean onHub =
                !pinned.equals(named.toString()) || !ModelName.path(named).equals(named);
        // Executors have another working directory.
        String given = onHub ? pinned : named.toAbsolutePath().normalize().toString();
        Path directory = ModelPlace.of(Path.of(given));
        long modified = 0;
        try {
            for (Path file : new ModelDirectory(directory).modelFiles()) {
                modified = Math.max(modified, Files.getLastModifiedTime(file).toMillis());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + given, e);
        }
        return new ModelFiles(given, sizes(directory), modified);
    }

    private static Map<String, Long> sizes(Path directory) {
        Map<String, Long> sizes = new TreeMap<>();
        try {
            for (Path file : new ModelDirectory(directory).modelFiles()) {
                sizes.put(file.getFileName().toString(), Files.size(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory, e);
        }
        return sizes;
    }

    /// @return the path as it was given
    public Path path() {
        return Path.of(given);
    }

    /// Looks whether the model is there in this process, too.
    ///
    /// @throws ExecutorException if it is not, or is another one
    void require() {
        Path place = ModelName.path(path());
        if (!Files.exists(place)) {
            throw new ExecutorException(
                    "there is no model " + given + ": executors read it themselves, so it must lie where all hosts see"
                            + " it under the same path",
                    null);
        }
        Map<String, Long> here = sizes(ModelPlace.of(path()));
        if (!here.equals(sizes)) {
            throw new ExecutorException(
                    "the model " + given + " is another one than the driver's: its files have " + new TreeMap<>(here)
                            + " bytes, the driver's " + new TreeMap<>(sizes),
                    null);
        }
    }

    /// @return bytes of all files
    long bytes() {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }
}
