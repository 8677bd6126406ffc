package org.betatron.data.source;

import java.io.IOException;
import java.nio.file.Path;
import org.betatron.data.DataException;
import org.betatron.data.row.RowPlace;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The rows of a JSON lines file, or of a JSON file that holds one list, one at a time and not yet
/// understood. Not thread-safe; close it.
public final class RawRows implements AutoCloseable {

    private final SourceFile file;
    private final @Nullable JsonParser list;
    private boolean listEnded;

    private RawRows(SourceFile file, @Nullable JsonParser list) {
        this.file = file;
        this.list = list;
    }

    /// @param path JSON lines or one JSON list, possibly compressed
    /// @return its rows, to be closed by the caller
    /// @throws DataException if the file cannot be read or is empty
    public static RawRows open(Path path) {
        SourceFile file = SourceFile.open(path);
        try {
            int first = file.peek();
            if (first >= 0 && first != '{' && first != '[') {
                String line = file.nextLineWithEnd();
                throw new DataException(file.name() + ":1: the file " + FileKind.ofText(line == null ? "" : line));
            }
            return new RawRows(file, first == '[' ? openList(file) : null);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static JsonParser openList(SourceFile file) {
        try {
            JsonParser parser = JsonTree.JSON.createParser(file.bytes());
            parser.nextToken();
            return parser;
        } catch (JacksonException e) {
            throw translate(file, 1, e);
        }
    }

    /// @return the next row, blank lines included; null after the last
    /// @throws DataException if the file cannot be read any further, saying where
    @Nullable
    public RawRow next() {
        if (list != null) {
            return nextListed(list);
        }
        byte[] line = file.nextLineBytes();
        return line == null ? null : new RawRow.Line(file.name(), file.line(), line);
    }

    private RawRow.@Nullable Listed nextListed(JsonParser parser) {
        if (listEnded) {
            return null;
        }
        try {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                if (parser.nextToken() != null) {
                    throw new DataException(file.name() + ":"
                            + parser.currentTokenLocation().getLineNr()
                            + ": a JSON file must hold one list but more follows it");
                }
                listEnded = true;
                return null;
            }
            int line = parser.currentTokenLocation().getLineNr();
            long begin = parser.currentTokenLocation().getByteOffset();
            JsonTree tree = JsonTree.read(parser);
            return new RawRow.Listed(new RowPlace(file.name(), line), tree, (int)
                    (parser.currentLocation().getByteOffset() - begin));
        } catch (JacksonException e) {
            throw translate(file, parser.currentLocation().getLineNr(), e);
        }
    }

    private static DataException translate(SourceFile file, int line, JacksonException e) {
        if (e.getCause() instanceof IOException cause) {
            return SourceFile.translate(file.name(), 0, cause);
        }
        return new DataException(
                file.name() + ":" + line + ": the list cannot be read any further: " + JsonProblem.of(e)
                        + "; mend it, or have one row on each line (JSON lines), where each stands for itself",
                e);
    }

    /// Closes the file.
    @Override
    public void close() {
        file.close();
    }
}
