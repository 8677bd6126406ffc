package org.betatron.data.source;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Rows of lines that are there already.
final class LineRows implements RawRows {

    private final String name;
    private final Iterator<String> lines;
    private int number;

    /// @param name   what the lines stand in
    /// @param number of the first line
    /// @param lines  one JSON object each
    LineRows(String name, int number, Iterator<String> lines) {
        this.name = name;
        this.number = number;
        this.lines = lines;
    }

    @Override
    public @Nullable RawRow next() {
        return lines.hasNext() ? new RawRow.Line(name, number++, lines.next().getBytes(StandardCharsets.UTF_8)) : null;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
