package org.betatron.data.layout;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Function;
import org.betatron.data.DataException;
import org.betatron.data.row.RowPlace;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.RawRow;
import org.betatron.data.source.RawRows;
import org.betatron.data.source.RowSource;
import org.betatron.data.source.WrappedRows;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Rows of one file in the order of the file: one at a time, or in chunks that are parsed by any
/// thread while more are read. Reading is not thread-safe, parsing is; close it.
///
/// @param <T> [org.betatron.data.row.PreferencePair], [org.betatron.data.row.TrainingText],
/// [org.betatron.data.row.LabelledAnswer] or [org.betatron.data.row.AskedRow]
public final class RowReader<T> implements Iterator<ReadRow<T>>, AutoCloseable {

    /// A chunk should keep a thread busy for some milliseconds, and a few of them should fit any
    /// heap.
    private static final int CHUNK_ROWS = 64;

    private static final int CHUNK_BYTES = 1 << 18;

    /// Rows that are looked at until one says how the file is laid out.
    private static final int FIRST_ROWS = 100;

    private final RawRows rows;
    private final RowFormat<T> layouts;
    private final Parser<T> parser;
    private final RowRules rules;
    private final Queue<RawRow> opened;
    private final Queue<ReadRow<T>> parsed = new ArrayDeque<>();

    /// How the objects of a file are read.
    ///
    /// @param format name of the format, as given or as detected
    /// @param parse  what an object becomes: one row, or several, never none
    public record Parser<T>(String format, Function<JsonRow, List<ReadRow<T>>> parse) {

        /// @param parse what an object becomes
        static <T> Parser<T> ofSingle(String format, Function<JsonRow, ReadRow<T>> parse) {
            return new Parser<>(format, row -> List.of(parse.apply(row)));
        }
    }

    private RowReader(RawRows rows, Queue<RawRow> opened, RowFormat<T> layouts, Parser<T> parser, RowRules rules) {
        this.rows = rows;
        this.opened = opened;
        this.layouts = layouts;
        this.parser = parser;
        this.rules = rules;
    }

    /// @param format how rows are laid out
    /// @param rules  how they are read beside that
    /// @throws DataException if the file cannot be read, has no rows, or its format is not
    ///     recognised
    public static <T> RowReader<T> open(Path file, RowFormat<T> format, RowRules rules) {
        return open(RowSource.of(file), format, rules);
    }

    /// As [#open(Path, RowFormat, RowRules)], of rows that need not lie in a file.
    public static <T> RowReader<T> open(RowSource source, RowFormat<T> format, RowRules rules) {
        RawRows rows = source.open(rules.columns());
        try {
            Queue<RawRow> opened = new ArrayDeque<>();
            DataException problem = null;
            for (RawRow raw = rows.next(); raw != null && opened.size() < FIRST_ROWS; raw = rows.next()) {
                opened.add(raw);
                try {
                    JsonRow first = raw.parse();
                    if (first != null) {
                        Parser<T> parser = format.parser(first.under(rules.fields()));
                        return new RowReader<>(rows, opened, format, parser, rules);
                    }
                } catch (DataException e) {
                    problem = problem == null ? WrappedRows.named(opened, rows, e) : problem;
                }
            }
            throw problem == null ? new DataException(source.name() + ": has no rows") : problem;
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    /// @return name of the format, as given or as detected
    public String format() {
        return parser.format();
    }

    /// Reads rows without parsing them.
    ///
    /// @return at least one, for [#parse]; null at the end of the file
    /// @throws DataException if the file cannot be read any further and no row came before that
    @Nullable
    public List<RawRow> nextChunk() {
        List<RawRow> chunk = new ArrayList<>();
        int numBytes = 0;
        while (chunk.size() < CHUNK_ROWS && numBytes < CHUNK_BYTES) {
            RawRow row = nextRaw();
            if (row == null) {
                break;
            }
            chunk.add(row);
            numBytes += row.numBytes();
        }
        return chunk.isEmpty() ? null : chunk;
    }

    /// @param chunk rows of this file in order
    /// @return what they became, in order; thread-safe
    public List<ReadRow<T>> parse(List<RawRow> chunk) {
        List<ReadRow<T>> read = new ArrayList<>(chunk.size());
        for (RawRow raw : chunk) {
            read.addAll(parse(raw));
        }
        return read;
    }

    private List<ReadRow<T>> parse(RawRow raw) {
        String id = raw.place().toString();
        try {
            JsonRow row = raw.parse();
            if (row == null) {
                return List.of();
            }
            id = row.id();
            List<ReadRow<T>> read = parsed(row.under(rules.fields()));
            Leftover left = Leftover.of(row, rules.ignored());
            return left.names().isEmpty()
                    ? read
                    : read.stream().map(one -> with(one, left)).toList();
        } catch (DataException e) {
            String why = String.valueOf(e.getMessage());
            String place = raw.place() + ": ";
            return List.of(
                    new ReadRow.Bad<>(raw.place(), id, why.startsWith(place) ? why.substring(place.length()) : why));
        }
    }

    private List<ReadRow<T>> parsed(JsonRow row) {
        try {
            return parser.parse().apply(row);
        } catch (DataException e) {
            if (row.node().valueStream().anyMatch(JsonNode::isNull)) {
                // Without what is null here, a row of this layout may look like one of another.
                throw e;
            }
            String own;
            try {
                own = layouts.parser(row).format();
            } catch (DataException _) {
                throw e;
            }
            if (own.equals(parser.format())) {
                throw e;
            }
            throw new DataException(
                    row.place() + ": the row is laid out as " + own + ", but its file is read as " + parser.format()
                            + ", like its first row: put rows of another layout into a file of their own",
                    e);
        }
    }

    private static <T> ReadRow<T> with(ReadRow<T> read, Leftover left) {
        return switch (read) {
            case ReadRow.Kept<T>(RowPlace place, T row, Leftover _) -> new ReadRow.Kept<>(place, row, left);
            case ReadRow.Dropped<T> dropped -> dropped;
            case ReadRow.Bad<T> bad -> bad;
        };
    }

    private @Nullable RawRow nextRaw() {
        RawRow first = opened.poll();
        return first == null ? rows.next() : first;
    }

    @Override
    public boolean hasNext() {
        while (parsed.isEmpty()) {
            RawRow raw = nextRaw();
            if (raw == null) {
                return false;
            }
            parsed.addAll(parse(List.of(raw)));
        }
        return true;
    }

    /// @throws DataException if the row does not have the format of the file
    @Override
    public ReadRow<T> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ReadRow<T> row = parsed.remove();
        if (row instanceof ReadRow.Bad<T>(RowPlace place, String _, String why)) {
            throw new DataException(place + ": " + why);
        }
        return row;
    }

    @Override
    public void close() {
        rows.close();
    }
}
