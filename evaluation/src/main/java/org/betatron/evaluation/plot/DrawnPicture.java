package org.betatron.evaluation.plot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;

/// A PNG that says that Betatron drew it, so that it may be drawn again in its place.
final class DrawnPicture {

    /// Signature and header, which always comes first: 8 bytes and 4 + 4 + 13 + 4.
    private static final int HEAD_BYTES = 33;

    private static final byte[] CHUNK = chunk("tEXt", "Software\0betatron plot");

    private DrawnPicture() {}

    /// @param png any picture
    /// @return the same with who drew it
    static byte[] signed(byte[] png) {
        return ByteBuffer.allocate(png.length + CHUNK.length)
                .put(png, 0, HEAD_BYTES)
                .put(CHUNK)
                .put(png, HEAD_BYTES, png.length - HEAD_BYTES)
                .array();
    }

    /// @throws IllegalArgumentException if something lies there that would be lost
    static void requireReplaceable(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) == 0) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEAD_BYTES + CHUNK.length);
            if (head.length < HEAD_BYTES || !Arrays.equals(head, HEAD_BYTES, head.length, CHUNK, 0, CHUNK.length)) {
                throw new IllegalArgumentException(
                        file + " exists and was not drawn by betatron plot: name another file, or remove it first");
            }
        }
    }

    private static byte[] chunk(String type, String text) {
        byte[] data = (type + text).getBytes(StandardCharsets.ISO_8859_1);
        CRC32 sum = new CRC32();
        sum.update(data);
        return ByteBuffer.allocate(data.length + 2 * Integer.BYTES)
                .putInt(data.length - type.length())
                .put(data)
                .putInt((int) sum.getValue())
                .array();
    }
}
