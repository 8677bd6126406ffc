package org.betatron.runs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.betatron.core.files.Directories;
import org.betatron.data.tokenizer.gguf.GgufTokenizer;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.runs.place.ModelName;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.gguf.GgufConfig;
import org.jspecify.annotations.Nullable;

/// Where a model lies that a user named: a Hugging Face directory, a GGUF file, an adapter on either
/// ([AdapterPlace]), or any of these on the hub.
///
/// A GGUF file is shown as a directory: its configuration and tokenizer written out, and a link to
/// the file itself, in whose place the weights are read. The directory is a temporary one and lasts
/// as long as the process.
public final class ModelPlace {

    private static final Map<Version, Path> SHOWN = new ConcurrentHashMap<>();

    private ModelPlace() {}

    /// A file at a time.
    private record Version(Path file, long bytes, FileTime time) {

        static Version of(Path file) throws IOException {
            Path real = file.toRealPath();
            return new Version(real, Files.size(real), Files.getLastModifiedTime(real));
        }
    }

    /// @return whether a path names a GGUF file, which need not exist
    public static boolean isGguf(Path given) {
        return ModelDirectory.isGguf(given) && !Files.isDirectory(given);
    }

    /// @param named directory of a model or of an adapter, a file that ends in `.gguf`, or `ORG/NAME` on
    ///     the hub
    /// @return the directory to read the model from
    /// @throws ModelException if the file does not exist or does not hold a model that can be read
    public static Path of(Path named) {
        Path given = ModelName.path(named);
        if (!isGguf(given)) {
            return AdapterPlace.isAdapter(given) ? AdapterPlace.of(given) : given;
        }
        if (!Files.exists(given)) {
            throw new ModelException("model file " + given + " does not exist");
        }
        try {
            return SHOWN.computeIfAbsent(Version.of(given), ModelPlace::show);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + given, e);
        }
    }

    /// @param message that may name directories which only show a model, as they are read
    /// @return the same with the places that a user knows: files of the adapter or of its base, or the GGUF file
    public static String asGiven(String message) {
        Map<Path, Path> shown = new HashMap<>(AdapterPlace.shown());
        SHOWN.forEach((version, directory) -> shown.put(directory, version.file()));
        String said = message;
        for (Map.Entry<Path, Path> place : shown.entrySet()) {
            String from = place.getKey().toString();
            if (said.contains(from)) {
                said = Pattern.compile(Pattern.quote(from) + "(?:/([\\w.-]*\\w))?")
                        .matcher(said)
                        .replaceAll(match -> Matcher.quoteReplacement(given(place, match.group(1))));
            }
        }
        return said;
    }

    private static String given(Map.Entry<Path, Path> place, @Nullable String file) {
        if (file == null) {
            return place.getValue().toString();
        }
        Path link = place.getKey().resolve(file);
        try {
            return Files.isSymbolicLink(link)
                    ? Files.readSymbolicLink(link).toString()
                    : place.getValue().resolve(file).toString();
        } catch (IOException e) {
            return link.toString();
        }
    }

    private static Path show(Version version) {
        Path file = version.file();
        try (GgufFile gguf = GgufFile.open(file)) {
            Path directory = newDirectory("betatron-gguf-", file.getFileName());
            writeSmallFiles(gguf, directory);
            Files.createSymbolicLink(directory.resolve(ModelDirectory.GGUF), file);
            return directory;
        } catch (GgufException e) {
            throw new ModelException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ", or write its configuration beside it", e);
        }
    }

    /// Writes everything that a model directory has beside weights: configuration, tokenizer, template.
    ///
    /// @param gguf      open
    /// @param directory exists
    /// @throws GgufException if the file holds no model or tokenizer that is known
    /// @throws IOException   if a file cannot be written
    private static void writeSmallFiles(GgufFile gguf, Path directory) throws IOException {
        Files.writeString(
                new ModelDirectory(directory).configFile(), GgufConfig.of(gguf).toPrettyString() + "\n");
        GgufTokenizer.write(gguf.metadata(), directory);
    }

    /// @return a new directory of that name, which goes when the process ends
    static Path newDirectory(String prefix, Path name) throws IOException {
        Path parent = Files.createTempDirectory(prefix);
        deleteAtEnd(parent);
        return Files.createDirectory(parent.resolve(name));
    }

    private static void deleteAtEnd(Path directory) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                Directories.delete(directory);
                            } catch (IOException | UncheckedIOException e) {
                                // A few small files stay where temporary files are.
                            }
                        },
                        "delete " + directory));
    }
}
