package org.betatron.data.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/// Unpacks gzip, all members of it (RFC 1952): what comes behind a member is another one, zeros, or damage that is
/// said. The reader of the JDK takes a damaged beginning of a further member for the end.
final class GzipInput extends InputStream {

    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] buffer = new byte[1 << 16];
    private int next;
    private int end;
    private int members;
    private boolean ended;

    /// @param in owned
    /// @throws IOException if it does not begin as gzip does
    GzipInput(InputStream in) throws IOException {
        this.in = in;
        readHeader(readByte());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        while (!ended && length > 0) {
            try {
                if (inflater.needsInput() && !inflater.finished()) {
                    if (next == end && !fill()) {
                        throw new EOFException("Unexpected end of ZLIB input stream");
                    }
                    inflater.setInput(buffer, next, end - next);
                    next = end;
                }
                int count = inflater.inflate(target, from, length);
                if (count > 0) {
                    checksum.update(target, from, count);
                    return count;
                }
                if (inflater.finished()) {
                    next = end - inflater.getRemaining();
                    endMember();
                }
            } catch (DataFormatException e) {
                throw damaged(e.getMessage() == null ? "Invalid ZLIB data format" : e.getMessage());
            }
        }
        return length == 0 ? 0 : -1;
    }

    private void endMember() throws IOException {
        long sum = readNumber(4);
        long size = readNumber(4);
        if (sum != checksum.getValue() || size != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw damaged("its checksum does not fit its content");
        }
        if (next == end && !fill()) {
            ended = true;
            return;
        }
        int first = readByte();
        if (first != 0) {
            readHeader(first);
            inflater.reset();
            checksum.reset();
            return;
        }
        while (next < end || fill()) {
            if (buffer[next++] != 0) {
                throw damaged("what follows it is neither another part nor zeros");
            }
        }
        ended = true;
    }

    private void readHeader(int first) throws IOException {
        if (first != 0x1f || readByte() != 0x8b || readByte() != 8) {
            throw members == 0 ? new ZipException("Not in GZIP format") : damaged("what follows it is no further part");
        }
        members++;
        int flags = readByte();
        if ((flags & 0xe0) != 0) {
            throw damaged("its flags are unknown");
        }
        readNumber(6); // time, flags of compression, system
        if ((flags & EXTRA) != 0) {
            for (long left = readNumber(2); left > 0; left--) {
                readByte();
            }
        }
        for (int text : new int[] {NAME, COMMENT}) {
            if ((flags & text) != 0) {
                while (readByte() != 0) {
                    // Nobody asks for it.
                }
            }
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            readNumber(2);
        }
    }

    private long readNumber(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= (long) readByte() << (8 * i);
        }
        return number;
    }

    private int readByte() throws IOException {
        if (next == end && !fill()) {
            throw new EOFException("Unexpected end of ZLIB input stream");
        }
        return buffer[next++] & 0xff;
    }

    private boolean fill() throws IOException {
        next = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    private ZipException damaged(String how) {
        return new ZipException("part " + members + " of the gzip file is damaged: " + how);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
