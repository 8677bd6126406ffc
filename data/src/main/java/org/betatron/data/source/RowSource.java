package org.betatron.data.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Where rows are read from: a file, or lines that somebody holds in memory.
public interface RowSource {

    /// @return what rows are said to stand in, before their line
    String name();

    /// @param columns names of the outermost fields to read; empty for all
    /// @return its rows, to be closed by the caller
    /// @throws org.betatron.data.DataException if they cannot be read
    RawRows open(Set<String> columns);

    /// @param path of JSON lines, a JSON list, Parquet or Arrow
    /// @return its rows
    static RowSource of(Path path) {
        return new OfFile(path);
    }

    /// @param name   what rows are said to stand in
    /// @param number of the first line
    /// @param lines  one JSON object each
    /// @return rows of these lines
    static RowSource of(String name, int number, List<String> lines) {
        return new OfLines(name, number, List.copyOf(lines));
    }

    /// @param path of the file
    record OfFile(Path path) implements RowSource {

        @Override
        public String name() {
            return path.toString();
        }

        @Override
        public RawRows open(Set<String> columns) {
            return RawRows.open(path, columns);
        }
    }

    /// @param name   what rows are said to stand in
    /// @param number of the first line
    /// @param lines  one JSON object each
    record OfLines(String name, int number, List<String> lines) implements RowSource {

        @Override
        public RawRows open(Set<String> columns) {
            RawRows rows = new LineRows(name, number, lines.iterator());
            return columns.isEmpty() ? rows : new ChosenFields(rows, columns);
        }
    }
}
