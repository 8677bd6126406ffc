package org.betatron.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The objects of a JSON lines file or of a JSON file that holds one list, one at a time. Not
/// thread-safe; close it.
final class JsonRows implements Iterator<JsonRow>, AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// Reads the rows of a list one by one, so more tokens follow each of them.
    private static final JsonMapper JSON_LIST = JSON.rebuild()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final SourceFile file;
    private final @Nullable JsonParser list;
    private @Nullable JsonRow next;

    private JsonRows(SourceFile file, @Nullable JsonParser list) {
        this.file = file;
        this.list = list;
    }

    /// @throws DataException if the file cannot be read, has no row, or its first row is no JSON object
    static JsonRows open(Path path) {
        SourceFile file = SourceFile.open(path);
        try {
            int first = file.peek();
            if (first < 0) {
                throw new DataException(path + ": has no rows");
            }
            JsonRows rows = new JsonRows(file, first == '[' ? openList(file) : null);
            rows.next = rows.read();
            if (rows.next == null) {
                throw new DataException(path + ": has no rows");
            }
            return rows;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static JsonParser openList(SourceFile file) {
        try {
            JsonParser parser = JSON_LIST.createParser(file.bytes());
            parser.nextToken();
            return parser;
        } catch (JacksonException e) {
            throw translate(file, e);
        }
    }

    /// @return the row that [#next] will return, which is there after opening
    JsonRow first() {
        if (next == null) {
            throw new NoSuchElementException();
        }
        return next;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public JsonRow next() {
        JsonRow row = first();
        next = read();
        return row;
    }

    private @Nullable JsonRow read() {
        return list == null ? readLine() : readListed(list);
    }

    private @Nullable JsonRow readLine() {
        for (String line = file.nextLine(); line != null; line = file.nextLine()) {
            if (!line.isBlank()) {
                try {
                    return row(file.line(), JSON.readTree(line));
                } catch (JacksonException e) {
                    throw new DataException(
                            file.name() + ":" + file.line() + ": every line must be one JSON object: "
                                    + e.getOriginalMessage(),
                            e);
                }
            }
        }
        return null;
    }

    private @Nullable JsonRow readListed(JsonParser parser) {
        try {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                if (parser.nextToken() != null) {
                    throw new DataException(file.name() + ":"
                            + parser.currentTokenLocation().getLineNr()
                            + ": a JSON file must hold one list but more follows it");
                }
                return null;
            }
            int line = parser.currentTokenLocation().getLineNr();
            return row(line, JSON_LIST.readTree(parser));
        } catch (JacksonException e) {
            throw translate(file, e);
        }
    }

    private static DataException translate(SourceFile file, JacksonException e) {
        if (e.getCause() instanceof IOException cause) {
            return SourceFile.translate(file.name(), 0, cause);
        }
        return new DataException(
                file.name() + ":" + e.getLocation().getLineNr() + ": not valid JSON: " + e.getOriginalMessage(), e);
    }

    private JsonRow row(int line, JsonNode node) {
        if (!node.isObject()) {
            throw new DataException(
                    file.name() + ":" + line + ": every row must be a JSON object but was " + JsonRow.kind(node));
        }
        return new JsonRow(file.name(), line, node);
    }

    @Override
    public void close() {
        file.close();
    }
}
