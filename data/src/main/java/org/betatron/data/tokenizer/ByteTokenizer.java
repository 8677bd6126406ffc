package org.betatron.data.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.betatron.data.DataException;

/// The smallest tokenizer: one token per UTF-8 byte (the id is the byte) and `<|endoftext|>`. For
/// demonstrations, tests, and tiny models trained from nothing.
public final class ByteTokenizer {

    /// Number of ids: 256 bytes and `<|endoftext|>`, which is the last.
    public static final int VOCABULARY_SIZE = 257;

    private static final String RESOURCE = "byte-tokenizer/tokenizer.json";

    private ByteTokenizer() {}

    /// Writes its `tokenizer.json` into a model directory, replacing one that is there.
    ///
    /// @param directory created if it does not exist
    /// @return the written file
    /// @throws DataException if it cannot be written
    public static Path writeTo(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        try (InputStream in = ByteTokenizer.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + RESOURCE + " is missing from the data module");
            }
            Files.createDirectories(directory);
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
