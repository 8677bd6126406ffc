package org.betatron.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.files.StagedFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Records as JSON lines, a record a line, its components the fields.
public final class RecordLines {

    private RecordLines() {}

    /// @param file replaced as a whole if it exists, so that a reader never sees half of it
    /// @throws UncheckedIOException if it cannot be written
    public static void write(Path file, List<? extends Record> records) {
        try {
            StagedFiles.write(file, partial -> Files.write(partial, lines(records)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// @return a line of JSON for each record
    public static List<String> lines(List<? extends Record> records) {
        return records.stream().map(JsonMapper.shared()::writeValueAsString).toList();
    }

    /// @return the records; none where there is no file
    /// @throws IllegalArgumentException if a line is not such a record, saying which
    public static <T extends Record> List<T> read(Path file, Class<T> type) {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        List<T> records = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                records.add(JsonMapper.shared().readValue(line, type));
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    file + ":" + (records.size() + 1) + ": is not a whole line: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return records;
    }
}
