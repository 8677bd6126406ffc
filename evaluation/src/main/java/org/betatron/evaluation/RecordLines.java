package org.betatron.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.files.StagedFiles;
import org.betatron.data.source.JsonProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Records as JSON lines, a record a line, its components the fields.
public final class RecordLines {

    /// Records have no component that may be null where nobody says so: a line that lacks one is
    /// damaged.
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

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
    /// @throws IllegalArgumentException if a line is not such a record, or lacks something, saying
    ///     which
    public static <T extends Record> List<T> read(Path file, Class<T> type) {
        return read(file, type, JSON);
    }

    /// @param line one of [#lines]
    /// @return its record
    /// @throws JacksonException if it is not such a record, or lacks something
    public static <T extends Record> T read(String line, Class<T> type) {
        return JSON.readValue(line, type);
    }

    /// @return the records, which may lack what they may; none where there is no file
    /// @throws IllegalArgumentException if a line is not such a record, saying which
    public static <T extends Record> List<T> readSparse(Path file, Class<T> type) {
        return read(file, type, JsonMapper.shared());
    }

    /// As [#readSparse], of a file that a run appends to: one that was killed may have left half a line at the end.
    public static <T extends Record> List<T> readGrowing(Path file, Class<T> type) {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            List<String> lines = Files.readAllLines(file);
            List<T> records = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                try {
                    records.add(JsonMapper.shared().readValue(lines.get(i), type));
                } catch (JacksonException e) {
                    if (i < lines.size() - 1) {
                        throw new IllegalArgumentException(
                                file + ":" + (i + 1) + ": is not a whole line: " + JsonProblem.in(e), e);
                    }
                }
            }
            return records;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static <T extends Record> List<T> read(Path file, Class<T> type, JsonMapper json) {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        List<T> records = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                records.add(json.readValue(line, type));
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    file + ":" + (records.size() + 1) + ": is not a whole line: " + JsonProblem.in(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return records;
    }
}
