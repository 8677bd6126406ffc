package org.betatron.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A GGUF file, mapped into memory: versions 2 and 3, little-endian.
///
/// Source: the specification `gguf.md` of ggml.
public final class GgufFile implements AutoCloseable {

    private static final int MAGIC = 0x46554747; // GGUF
    private static final String ALIGNMENT = "general.alignment";
    private static final long DEFAULT_ALIGNMENT = 32;
    private static final int MAX_DIMENSIONS = 4;

    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;

    private GgufFile(
            Path path, Arena arena, MemorySegment bytes, GgufMetadata metadata, Map<String, GgufTensor> tensors) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /// @param path an existing file
    /// @return the file, to be closed by the caller
    /// @throws IOException   if it cannot be read
    /// @throws GgufException if it is no whole GGUF file
    @SuppressWarnings("MustBeClosed") // the arena is handed to the file, which closes it
    public static GgufFile open(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new GgufException(path + " must be a file but is "
                    + (Files.isDirectory(path) ? "a directory" : "a pipe, a socket or a device"));
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return read(path, arena, bytes);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static GgufFile read(Path path, Arena arena, MemorySegment bytes) {
        String where = path.toString();
        if (bytes.byteSize() < 24) {
            throw new GgufException(where + " is not a GGUF file: it has " + bytes.byteSize() + " bytes");
        }
        HeaderReader header = new HeaderReader(where, bytes);
        if (header.int32() != MAGIC) {
            throw new GgufException(where + " is not a GGUF file: it does not begin with GGUF");
        }
        requireVersion(where, header.int32());
        // A tensor takes at least its lengths, type and place: 8 + 4 + 8 + 4 + 8 bytes.
        long numTensors = header.count("the number of tensors", 32);
        long numKeys = header.count("the number of keys", 13);
        Map<String, Object> values = new LinkedHashMap<>();
        for (long i = 0; i < numKeys; i++) {
            String key = header.text("a key");
            if (values.put(key, header.value(key)) != null) {
                throw new GgufException(where + ": " + key + " stands there twice");
            }
        }
        GgufMetadata metadata = new GgufMetadata(where, values);
        long alignment = metadata.whole(ALIGNMENT).orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || Long.bitCount(alignment) != 1 || alignment > 1 << 20) {
            throw new GgufException(
                    where + ": " + ALIGNMENT + " must be a power of two up to 2^20 but is " + alignment);
        }
        List<GgufTensor> relative = new ArrayList<>();
        for (long i = 0; i < numTensors; i++) {
            relative.add(tensor(where, header, alignment));
        }
        long data = (header.position() + alignment - 1) / alignment * alignment;
        return new GgufFile(path, arena, bytes, metadata, placed(where, relative, data, bytes.byteSize()));
    }

    private static void requireVersion(String where, int version) {
        if (version == Integer.reverseBytes(2) || version == Integer.reverseBytes(3)) {
            throw new GgufException(where + " is big-endian; convert it to little-endian first (gguf-convert-endian)");
        }
        if (version != 2 && version != 3) {
            throw new GgufException(where + " has version " + Integer.toUnsignedString(version)
                    + " of GGUF; versions 2 and 3 are read: write it anew with a current llama.cpp");
        }
    }

    private static GgufTensor tensor(String where, HeaderReader header, long alignment) {
        String name = header.text("the name of a tensor");
        String tensor = where + ": tensor '" + name + "'";
        long numDimensions = header.uint32();
        if (numDimensions < 1 || numDimensions > MAX_DIMENSIONS) {
            throw new GgufException(tensor + " must have one to four dimensions but has " + numDimensions);
        }
        List<Long> shape = new ArrayList<>();
        for (long d = 0; d < numDimensions; d++) {
            shape.addFirst(header.uint64("a dimension of tensor '" + name + "'"));
        }
        long code = header.uint32();
        GgufType type = GgufType.of(code)
                .orElseThrow(() -> new GgufException(tensor + " has the number format " + code
                        + ", which is not read; known are " + GgufType.known()));
        long start = header.uint64("the place of tensor '" + name + "'");
        if (start % alignment != 0) {
            throw new GgufException(tensor + " must begin at a multiple of " + alignment + " bytes but begins at "
                    + start + "; the file is damaged");
        }
        if (shape.getLast() % type.blockNumbers() != 0) {
            throw new GgufException(tensor + " must have rows of whole blocks of " + type.blockNumbers()
                    + " numbers but has rows of " + shape.getLast());
        }
        return new GgufTensor(name, shape, type, start);
    }

    private static Map<String, GgufTensor> placed(String where, List<GgufTensor> relative, long data, long size) {
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        long end = 0;
        for (GgufTensor tensor : relative.stream()
                .sorted(Comparator.comparingLong(GgufTensor::start))
                .toList()) {
            String which = where + ": tensor '" + tensor.name() + "'";
            if (tensor.start() < end) {
                throw new GgufException(which + " begins within the one before it; the file is damaged");
            }
            long bytes = bytes(tensor, which);
            end = tensor.start() + bytes;
            if (end < 0 || data + end < 0 || data + end > size) {
                throw new GgufException(which + " lies outside the file, which is damaged or cut short");
            }
        }
        for (GgufTensor tensor : relative) {
            GgufTensor there = new GgufTensor(tensor.name(), tensor.shape(), tensor.type(), data + tensor.start());
            if (tensors.put(tensor.name(), there) != null) {
                throw new GgufException(where + ": tensor '" + tensor.name() + "' stands there twice");
            }
        }
        return tensors;
    }

    private static long bytes(GgufTensor tensor, String which) {
        try {
            return tensor.bytes();
        } catch (ArithmeticException e) {
            throw new GgufException(which + " has more numbers than any file, " + tensor.shape(), e);
        }
    }

    /// @return the file
    public Path path() {
        return path;
    }

    /// @return what the file says of itself
    public GgufMetadata metadata() {
        return metadata;
    }

    /// @return the tensors by name, in file order
    public Map<String, GgufTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /// Widens some rows of a tensor to float32.
    ///
    /// @param tensor   of this file
    /// @param firstRow the first of them, counted over all dimensions but the last
    /// @param numRows  how many
    /// @param target   at least `numRows * width` numbers, rows one behind the other
    public void widen(GgufTensor tensor, long firstRow, long numRows, float[] target) {
        long rowBytes = tensor.type().bytes(tensor.width());
        MemorySegment rows = bytes.asSlice(tensor.start() + firstRow * rowBytes, numRows * rowBytes);
        BlockFormats.of(tensor.type()).widen(rows, Math.toIntExact(numRows * tensor.width()), target);
    }

    @Override
    public void close() {
        arena.close();
    }

    @Override
    public String toString() {
        return path + " (" + tensors.size() + " tensors)";
    }
}
