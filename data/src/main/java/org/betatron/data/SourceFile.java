package org.betatron.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// An open input file, read as bytes or as lines: plain or gzip by its first bytes, whatever its name,
/// with strict UTF-8. Not thread-safe.
final class SourceFile implements AutoCloseable {

    private static final int PEEK_BYTES = 1 << 16;

    private final String name;
    private final BufferedInputStream in;
    private int line;

    private SourceFile(String name, BufferedInputStream in) {
        this.name = name;
        this.in = in;
    }

    /// @throws DataException if the file is missing, unreadable or empty
    static SourceFile open(Path path) {
        if (!Files.exists(path)) {
            throw new DataException(path + ": no such file");
        }
        if (Files.isDirectory(path)) {
            throw new DataException(path + ": must be a file but was a directory");
        }
        try {
            BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path), PEEK_BYTES);
            BufferedInputStream in =
                    isGzip(raw) ? new BufferedInputStream(new GZIPInputStream(raw, PEEK_BYTES), PEEK_BYTES) : raw;
            SourceFile file = new SourceFile(path.toString(), in);
            file.skipByteOrderMark();
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

    private void skipByteOrderMark() throws IOException {
        in.mark(3);
        if (!(in.read() == 0xef && in.read() == 0xbb && in.read() == 0xbf)) {
            in.reset();
        }
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
            in.mark(PEEK_BYTES);
            int b = in.read();
            for (int i = 1; i < PEEK_BYTES && (b == ' ' || b == '\n' || b == '\r' || b == '\t'); i++) {
                b = in.read();
            }
            in.reset();
            return b;
        } catch (IOException e) {
            throw translate(name, 0, e);
        }
    }

    /// @return the rest as bytes; errors while reading it go through [#translate]
    InputStream bytes() {
        return in;
    }

    /// @return the next line without its end (`\n` or `\r\n`), null at the end of the file
    /// @throws DataException if the line is not UTF-8 or the file is cut short
    @Nullable
    String nextLine() {
        byte[] bytes = nextLineBytes();
        if (bytes == null) {
            return null;
        }
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\n') {
            length--;
        }
        if (length > 0 && bytes[length - 1] == '\r') {
            length--;
        }
        return decode(bytes, length);
    }

    /// @return the next line with its end, null at the end of the file
    /// @throws DataException if the line is not UTF-8 or the file is cut short
    @Nullable
    String nextLineWithEnd() {
        byte[] bytes = nextLineBytes();
        return bytes == null ? null : decode(bytes, bytes.length);
    }

    private byte @Nullable [] nextLineBytes() {
        try {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
            line++;
            while (b >= 0) {
                bytes.write(b);
                if (b == '\n') {
                    break;
                }
                b = in.read();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw translate(name, line, e);
        }
    }

    private String decode(byte[] bytes, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, 0, length))
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
