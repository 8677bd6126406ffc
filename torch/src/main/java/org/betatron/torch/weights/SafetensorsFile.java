package org.betatron.torch.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.torch.ModelException;
import org.betatron.torch.Tensors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A safetensors file, memory-mapped: `u64 header length | JSON header | tensor bytes`, little endian.
///
/// Nothing but the header is ever on the Java heap. Close it when the tensors are copied. One thread at a time.
public final class SafetensorsFile implements AutoCloseable {

    /// Bytes converted at a time: small against a tensor, large against a call.
    private static final long CHUNK_BYTES = 64L << 20;

    private static final ValueLayout.OfLong LITTLE_ENDIAN_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena;
    private final MemorySegment mapped;
    private final long dataStart;
    private final Map<String, Entry> entries;

    private SafetensorsFile(Path path, Arena arena, MemorySegment mapped, long dataStart, Map<String, Entry> entries) {
        this.path = path;
        this.arena = arena;
        this.mapped = mapped;
        this.dataStart = dataStart;
        this.entries = entries;
    }

    /// @param path an existing safetensors file
    /// @return the file, to be closed by the caller
    /// @throws IOException    if it cannot be read
    /// @throws ModelException if it is not a whole safetensors file
    @SuppressWarnings("MustBeClosed") // the arena is handed to the file, which closes it
    public static SafetensorsFile open(Path path) throws IOException {
        Arena arena = Arena.ofConfined();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long headerLength = size < 8 ? -1 : mapped.get(LITTLE_ENDIAN_LONG, 0);
            if (headerLength < 2 || headerLength > size - 8 || headerLength > Integer.MAX_VALUE) {
                throw new ModelException(path + " is not a safetensors file, or only its beginning");
            }
            byte[] header = mapped.asSlice(8, headerLength).toArray(ValueLayout.JAVA_BYTE);
            long dataStart = 8 + headerLength;
            Map<String, Entry> entries = readHeader(path, header, size - dataStart);
            return new SafetensorsFile(path, arena, mapped, dataStart, entries);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// @return the tensors of the file by name, in file order
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /// Copies a tensor's values, converting them to the target's type.
    ///
    /// @param name   a tensor of this file
    /// @param target contiguous tensor with as many elements
    public void copyInto(String name, Tensor target) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new ModelException(path + " has no tensor '" + name + "'");
        }
        Tensor flat = target.view(-1);
        long chunk = CHUNK_BYTES / entry.type().bytes();
        for (long from = 0; from < entry.numElements(); from += chunk) {
            long count = Math.min(chunk, entry.numElements() - from);
            MemorySegment bytes = mapped.asSlice(
                    dataStart + entry.start() + from * entry.type().bytes(),
                    count * entry.type().bytes());
            Tensor source = torch.from_blob(
                    new BytePointer(bytes.asByteBuffer()),
                    new long[] {count},
                    new TensorOptions(entry.type().scalarType()));
            flat.narrow(0, from, count).copy_(source);
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    /// Where and what one tensor is.
    ///
    /// @param type  number format
    /// @param dims  shape
    /// @param start first byte, counted from the end of the header
    public record Entry(DataType type, List<Long> dims, long start) {

        public long numElements() {
            long product = 1;
            for (long dim : dims) {
                product *= dim;
            }
            return product;
        }
    }

    private static Map<String, Entry> readHeader(Path path, byte[] header, long dataLength) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(new String(header, StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new ModelException(path + " has a damaged safetensors header: " + e.getOriginalMessage(), e);
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : json.properties()) {
            if (property.getKey().equals("__metadata__")) {
                continue;
            }
            String where = path + ": tensor '" + property.getKey() + "'";
            JsonNode value = property.getValue();
            DataType type = DataType.ofSafetensors(value.path("dtype").asString(""), where);
            List<Long> dims = new ArrayList<>();
            value.path("shape").forEach(dim -> dims.add(dim.asLong()));
            long start = value.path("data_offsets").path(0).asLong(-1);
            long end = value.path("data_offsets").path(1).asLong(-1);
            Entry entry = new Entry(type, dims, start);
            if (start < 0 || end > dataLength || end - start != entry.numElements() * type.bytes()) {
                throw new ModelException(where + " lies outside the file, which is damaged or cut short");
            }
            entries.put(property.getKey(), entry);
        }
        return entries;
    }

    /// @return shape as libtorch wants it
    static long[] dims(Entry entry) {
        return entry.dims().stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public String toString() {
        return path + " (" + entries.size() + " tensors)";
    }

    /// @return a new tensor with the values of one of this file's tensors, in the current scope
    public Tensor read(String name, DataType type) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new ModelException(path + " has no tensor '" + name + "'");
        }
        Tensor tensor = Tensors.empty(type.scalarType(), dims(entry));
        copyInto(name, tensor);
        return tensor;
    }
}
