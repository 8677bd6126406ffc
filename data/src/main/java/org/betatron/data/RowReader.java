package org.betatron.data;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Function;

/// Rows of one file, one at a time, in the order of the file. Not thread-safe; close it.
///
/// @param <T> [PreferencePair], [TrainingText] or [LabelledAnswer]
public final class RowReader<T> implements Iterator<ReadRow<T>>, AutoCloseable {

    private final JsonRows rows;
    private final Parser<T> parser;
    private final Queue<ReadRow<T>> parsed = new ArrayDeque<>();

    /// How the objects of a file are read.
    ///
    /// @param format name of the format, as given or as detected
    /// @param parse  what an object becomes: one row, or several, never none
    record Parser<T>(String format, Function<JsonRow, List<ReadRow<T>>> parse) {

        /// @param parse what an object becomes
        static <T> Parser<T> ofSingle(String format, Function<JsonRow, ReadRow<T>> parse) {
            return new Parser<>(format, row -> List.of(parse.apply(row)));
        }
    }

    private RowReader(JsonRows rows, Parser<T> parser) {
        this.rows = rows;
        this.parser = parser;
    }

    /// @param parserOf chooses how to read the file by its first object
    /// @throws DataException if the file cannot be read, has no rows, or its format is not
    ///     recognised
    static <T> RowReader<T> open(Path file, Function<JsonRow, Parser<T>> parserOf) {
        JsonRows rows = JsonRows.open(file);
        try {
            return new RowReader<>(rows, parserOf.apply(rows.first()));
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    /// @return name of the format, as given or as detected
    public String format() {
        return parser.format();
    }

    @Override
    public boolean hasNext() {
        return !parsed.isEmpty() || rows.hasNext();
    }

    /// @throws DataException if the row does not have the format of the file
    @Override
    public ReadRow<T> next() {
        if (parsed.isEmpty()) {
            parsed.addAll(parser.parse().apply(rows.next()));
        }
        ReadRow<T> row = parsed.poll();
        if (row == null) {
            throw new NoSuchElementException();
        }
        return row;
    }

    @Override
    public void close() {
        rows.close();
    }
}
