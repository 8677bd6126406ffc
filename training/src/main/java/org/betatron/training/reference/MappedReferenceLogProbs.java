package org.betatron.training.reference;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.betatron.training.run.TrainingException;
import tools.jackson.core.JacksonException;

/// A reference file mapped into memory: the system reads what is asked for, and the heap holds
/// nothing.
///
/// Owns the mapping until [#close]. Thread-safe.
public final class MappedReferenceLogProbs implements ReferenceLogProbs, AutoCloseable {

    private static final long CHUNK = 64L << 20;

    private final Arena arena;
    private final MemorySegment file;
    private final long indexOffset;
    private final ReferenceFormat.Header header;

    private MappedReferenceLogProbs(Arena arena, MemorySegment file, long indexOffset, ReferenceFormat.Header header) {
        this.arena = arena;
        this.file = file;
        this.indexOffset = indexOffset;
        this.header = header;
    }

    /// @throws TrainingException if the file is damaged
    @SuppressWarnings("MustBeClosedChecker") // the result owns the arena and closes it
    static MappedReferenceLogProbs open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            long headerBytes = headerBytes(path, file);
            ReferenceFormat.Header header = header(path, file, headerBytes);
            requireWhole(path, file, ReferenceFormat.fileBytes(headerBytes, header.numRows(), header.numValues()));
            requireIndex(path, file, ReferenceFormat.HEADER_OFFSET + headerBytes, header);
            return new MappedReferenceLogProbs(arena, file, ReferenceFormat.HEADER_OFFSET + headerBytes, header);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// @return what the file says of itself
    ReferenceFormat.Header header() {
        return header;
    }

    @Override
    public double sum(int row, int from, int to) {
        long start = indexEntry(row);
        if (from < 0 || to < from || to > indexEntry(row + 1) - start) {
            throw new IndexOutOfBoundsException("response tokens " + from + " to " + to + " of row " + row
                    + " are not among its " + (indexEntry(row + 1) - start));
        }
        long values = ReferenceFormat.valuesOffset(indexOffset - ReferenceFormat.HEADER_OFFSET, header.numRows());
        double sum = 0;
        for (long i = start + from; i < start + to; i++) {
            sum += file.get(ReferenceFormat.FLOAT, values + Float.BYTES * i);
        }
        return sum;
    }

    @Override
    public void close() {
        arena.close();
    }

    private long indexEntry(int row) {
        return file.get(ReferenceFormat.LONG, indexOffset + Long.BYTES * (long) row);
    }

    private static long headerBytes(Path path, MemorySegment file) {
        if (file.byteSize() < ReferenceFormat.HEADER_OFFSET
                || (file.get(ReferenceFormat.LONG, 0) != ReferenceFormat.MAGIC && !isUnchecked(file))) {
            throw damaged(path, "it does not begin as one");
        }
        long headerBytes = file.get(ReferenceFormat.LONG, Long.BYTES);
        if (headerBytes < 0 || headerBytes > file.byteSize() - ReferenceFormat.HEADER_OFFSET) {
            throw damaged(path, "its header is incomplete");
        }
        return headerBytes;
    }

    private static ReferenceFormat.Header header(Path path, MemorySegment file, long headerBytes) {
        byte[] json = file.asSlice(ReferenceFormat.HEADER_OFFSET, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        try {
            return ReferenceFormat.Header.read(new String(json, StandardCharsets.UTF_8));
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            throw damaged(path, "its header cannot be understood");
        }
    }

    private static boolean isUnchecked(MemorySegment file) {
        return file.get(ReferenceFormat.LONG, 0) == ReferenceFormat.UNCHECKED_MAGIC;
    }

    private static void requireWhole(Path path, MemorySegment file, long bytes) {
        long expected = isUnchecked(file) ? bytes : bytes + ReferenceFormat.CHECKSUM_BYTES;
        if (file.byteSize() != expected) {
            throw damaged(path, "it has " + file.byteSize() + " bytes instead of " + expected);
        }
        if (isUnchecked(file)) {
            return;
        }
        CRC32C checksum = new CRC32C();
        for (long from = 0; from < bytes; from += CHUNK) {
            checksum.update(file.asSlice(from, Math.min(CHUNK, bytes - from)).asByteBuffer());
        }
        if (file.get(ReferenceFormat.LONG, bytes) != ReferenceFormat.CHECKED
                || file.get(ReferenceFormat.LONG, bytes + Long.BYTES) != checksum.getValue()) {
            throw damaged(path, "it has other bytes than were written");
        }
    }

    private static void requireIndex(Path path, MemorySegment file, long indexOffset, ReferenceFormat.Header header) {
        long before = 0;
        for (int row = 0; row <= header.numRows(); row++) {
            long entry = file.get(ReferenceFormat.LONG, indexOffset + Long.BYTES * (long) row);
            if (entry < before
                    || (row == 0 && entry != 0)
                    || (row == header.numRows() && entry != header.numValues())) {
                throw damaged(path, "its index says that the values of row " + row + " begin at " + entry);
            }
            before = entry;
        }
    }

    private static TrainingException damaged(Path path, String how) {
        return new TrainingException(
                "reference file " + path + " is damaged: " + how + "; delete it to compute it anew");
    }
}
