package org.betatron.data.source;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.betatron.core.files.Checksums;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;

/// An open input file, read as bytes or as lines: plain or gzip by its first bytes, whatever its
/// name, with strict UTF-8. Not thread-safe.
public final class SourceFile implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    /// Longest line: a row of more would fit no model, and take minutes; ours.
    private static final int MAX_LINE_BYTES = 1 << 25;

    private final String name;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private int line;

    private SourceFile(String name, InputStream in) {
        this.name = name;
        this.in = in;
    }

    /// @throws DataException if the file is missing, unreadable or empty
    public static SourceFile open(Path path) {
        if (!Files.exists(path)) {
            throw new DataException(path + ": no such file");
        }
        if (!Files.isRegularFile(path) && !Files.isDirectory(path)) {
            throw new DataException(
                    path + ": is a pipe or a device, which may never end and cannot be read twice: write"
                            + " its rows into a file first");
        }
        if (Files.isDirectory(path)) {
            throw new DataException(path + ": must be a file but was a directory");
        }
        // Files of a world, for example.
        Checksums.damage(path.resolveSibling(""), path.getFileName().toString()::equals)
                .ifPresent(damage -> {
                    throw new DataException(damage);
                });
        try {
            BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
            SourceFile file = new SourceFile(path.toString(), isGzip(raw) ? new GzipInput(raw) : raw);
            file.skipByteOrderMark();
            file.refuseOtherKinds();
            return file;
        } catch (IOException e) {
            throw translate(path.toString(), 0, e);
        }
    }

    private static boolean isGzip(BufferedInputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip;
    }

    private void refuseOtherKinds() {
        byte[] begins = Arrays.copyOfRange(buffer, position, limit);
        FileKind.of(begins, begins.length).ifPresent(kind -> {
            close();
            throw new DataException(name + ": " + kind.refusal());
        });
    }

    private void skipByteOrderMark() throws IOException {
        boolean more = true;
        while (more && limit < FileKind.BYTES) {
            more = readMore();
        }
        if (limit >= 3 && buffer[0] == (byte) 0xef && buffer[1] == (byte) 0xbb && buffer[2] == (byte) 0xbf) {
            position = 3;
        }
    }

    /// Reads behind what is buffered; what was taken makes room.
    ///
    /// @return whether there was anything, and room for it
    private boolean readMore() throws IOException {
        if (position == limit) {
            position = 0;
            limit = 0;
        }
        // One call: a damaged file then fails only after everything before the damage was taken.
        int count = limit == buffer.length ? 0 : in.read(buffer, limit, buffer.length - limit);
        limit += Math.max(0, count);
        return count > 0;
    }

    String name() {
        return name;
    }

    /// @return number of the line returned last, from 1
    int line() {
        return line;
    }

    /// @return first byte that is not white space, -1 if there is none nearby; consumes nothing
    int peek() {
        try {
            for (int i = 0; ; i++) {
                if (position + i == limit && !readMore()) {
                    return -1;
                }
                byte b = buffer[position + i];
                if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                    return b & 0xff;
                }
            }
        } catch (IOException e) {
            throw translate(name, 0, e);
        }
    }

    /// @return the rest as bytes; errors while reading it go through [#translate]
    InputStream bytes() {
        return new SequenceInputStream(new ByteArrayInputStream(buffer, position, limit - position), in);
    }

    /// @return the next line with its end, null at the end of the file
    /// @throws DataException if the line is not UTF-8 or the file is cut short
    @Nullable
    public String nextLineWithEnd() {
        byte[] bytes = nextLineBytes();
        return bytes == null ? null : decode(name, line, bytes);
    }

    /// @return the next line with its end, as it stands in the file; null at the end of the file
    /// @throws DataException if the file is cut short
    byte @Nullable [] nextLineBytes() {
        try {
            if (position == limit && !readMore()) {
                return null;
            }
            line++;
            int end = lineEnd();
            if (end > position) {
                return take(end);
            }
            // Longer than what is buffered.
            ByteArrayOutputStream whole = new ByteArrayOutputStream(2 * buffer.length);
            do {
                end = lineEnd();
                whole.writeBytes(take(end > position ? end : limit));
                if (whole.size() > MAX_LINE_BYTES) {
                    throw new DataException(name + ":" + line + ": a line must have at most " + (MAX_LINE_BYTES >> 20)
                            + " MiB" + " but goes on; is it a row, or a text without line breaks?");
                }
            } while (end < 0 && readMore());
            return whole.toByteArray();
        } catch (IOException e) {
            throw translate(name, line, e);
        }
    }

    /// @return position behind the next line break, -1 if none is buffered
    private int lineEnd() {
        for (int i = position; i < limit; i++) {
            if (buffer[i] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private byte[] take(int end) {
        byte[] bytes = Arrays.copyOfRange(buffer, position, end);
        position = end;
        return bytes;
    }

    /// @return the text of a line
    /// @throws DataException if it is not UTF-8
    static String decode(String name, int line, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DataException(name + ":" + line + ": not valid UTF-8: convert the file to UTF-8", e);
        }
    }

    /// @return the error as one line for a user
    static DataException translate(String name, int line, IOException e) {
        String where = line > 0 ? name + ":" + line : name;
        return switch (e) {
            case EOFException _ ->
                new DataException(where + ": the gzip data ends too early: the file was cut short, copy it again", e);
            case ZipException _ -> new DataException(where + ": the gzip data is damaged: " + e.getMessage(), e);
            default -> new DataException(where + ": cannot be read: " + e.getMessage(), e);
        };
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw translate(name, 0, e);
        }
    }
}
