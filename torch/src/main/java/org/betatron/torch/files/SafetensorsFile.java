package org.betatron.torch.files;

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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.betatron.core.files.InPlaceOf;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A safetensors file, memory-mapped: `u64 header length | JSON header | tensor bytes`, little
/// endian.
///
/// Nothing but the header is ever on the Java heap. Close it when the tensors are copied or mapped;
/// the mapping stays as long as one of its tensors is open. One thread at a time.
public final class SafetensorsFile implements WeightFile {

    /// Bytes by which libtorch aligns its tensors. Sums of tensors that lie otherwise differ in
    /// their last bit.
    static final int ALIGNMENT = 64;

    /// Name of what a header says of all tensors together.
    static final String METADATA = "__metadata__";

    /// Bytes converted at a time: small against a tensor, large against a call.
    private static final long CHUNK_BYTES = 64L << 20;

    /// A name that stands twice is no name.
    static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// Bits of a number in every format that safetensors knows, whether weights here have it or
    /// not.
    private static final Map<String, Integer> BITS = Map.ofEntries(
            Map.entry("BOOL", 8),
            Map.entry("U8", 8),
            Map.entry("I8", 8),
            Map.entry("F4", 4),
            Map.entry("F6_E2M3", 6),
            Map.entry("F6_E3M2", 6),
            Map.entry("F8_E4M3", 8),
            Map.entry("F8_E5M2", 8),
            Map.entry("F8_E8M0", 8),
            Map.entry("F8_E4M3FNUZ", 8),
            Map.entry("F8_E5M2FNUZ", 8),
            Map.entry("I16", 16),
            Map.entry("U16", 16),
            Map.entry("F16", 16),
            Map.entry("BF16", 16),
            Map.entry("I32", 32),
            Map.entry("U32", 32),
            Map.entry("F32", 32),
            Map.entry("I64", 64),
            Map.entry("U64", 64),
            Map.entry("F64", 64),
            Map.entry("C64", 64));

    private static final ValueLayout.OfLong LITTLE_ENDIAN_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena;
    private final MemorySegment mapped;
    private final long dataStart;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;
    private @Nullable Owned privately; // all bytes of the file, uint8, as far as anybody wanted to write them

    private SafetensorsFile(Path path, Arena arena, MemorySegment mapped, long dataStart, JsonNode header) {
        this.path = path;
        this.arena = arena;
        this.mapped = mapped;
        this.dataStart = dataStart;
        this.entries = entries(path, header, mapped.byteSize() - dataStart);
        metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> said : header.path(METADATA).properties()) {
            metadata.put(said.getKey(), said.getValue().asString(""));
        }
    }

    /// @param path an existing safetensors file
    /// @return the file, to be closed by the caller
    /// @throws IOException    if it cannot be read
    /// @throws ModelException if it is not a whole safetensors file
    @SuppressWarnings("MustBeClosed") // the arena is handed to the file, which closes it
    public static SafetensorsFile open(Path path) throws IOException {
        RegularFile.require(path);
        Arena arena = Arena.ofConfined();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long headerLength = size < 8 ? -1 : mapped.get(LITTLE_ENDIAN_LONG, 0);
            if (headerLength < 2 || headerLength > size - 8 || headerLength > Integer.MAX_VALUE) {
                throw new ModelException(
                        path + " is not a safetensors file, or only its beginning" + InPlaceOf.hint(path));
            }
            byte[] header = mapped.asSlice(8, headerLength).toArray(ValueLayout.JAVA_BYTE);
            long dataStart = 8 + headerLength;
            return new SafetensorsFile(path, arena, mapped, dataStart, readHeader(path, header));
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// @return what the file says of its tensors together, by name
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /// @return the tensors of the file by name, in file order
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        entries.forEach((name, entry) -> shapes.put(name, dims(entry)));
        return shapes;
    }

    @Override
    public void copyInto(String name, Tensor target) {
        copyInto(name, target, CHUNK_BYTES);
    }

    public void copyInto(String name, Tensor target, long chunkBytes) {
        Tensor flat = target.view(-1);
        forEachPart(
                name,
                Math.max(1, chunkBytes / type(name).bytes()),
                (start, values) -> flat.narrow(0, start, values.numel()).copy_(values));
    }

    /// Reads some of a tensor's numbers.
    ///
    /// @param start  first of them, counted over the whole tensor
    /// @param target contiguous, as many as are read; in any number format
    public void copyPart(String name, long start, Tensor target) {
        Tensor flat = target.view(-1);
        long end = start + flat.numel();
        forEachPart(name, Math.max(1, CHUNK_BYTES / type(name).bytes()), (from, values) -> {
            long first = Math.max(start, from);
            long last = Math.min(end, from + values.numel());
            if (first < last) {
                flat.narrow(0, first - start, last - first).copy_(values.narrow(0, first - from, last - first));
            }
        });
    }

    @Override
    public boolean holdsSame(String name, WeightFile other, String otherName) {
        Entry mine = entry(name);
        if (!(other instanceof SafetensorsFile file)) {
            return false;
        }
        Entry others = file.entry(otherName);
        return mine.typeName().equals(others.typeName())
                && mine.dims().equals(others.dims())
                && bytes(mine).mismatch(file.bytes(others)) < 0;
    }

    private MemorySegment bytes(Entry entry) {
        return mapped.asSlice(dataStart + entry.start(), entry.end() - entry.start());
    }

    /// Shows a tensor's values part by part, in the file's number format.
    ///
    /// @param name  a tensor of this file
    /// @param count most numbers of a part, ≥ 1
    /// @param work  called for each part, in order
    /// @throws ModelException if there is none of that name, or its number format is not known
    public void forEachPart(String name, long count, PartReader work) {
        Entry entry = entry(name);
        DataType type = type(name);
        for (long from = 0; from < entry.numElements(); from += count) {
            long numbers = Math.min(count, entry.numElements() - from);
            MemorySegment bytes =
                    mapped.asSlice(dataStart + entry.start() + from * type.bytes(), numbers * type.bytes());
            work.read(from, HostTensors.at(new BytePointer(bytes.asByteBuffer()), type.scalarType(), numbers));
        }
    }

    /// What is done with a part of a tensor.
    public interface PartReader {

        /// @param start  its first number, counted over the whole tensor
        /// @param values `[n]`, borrowed and not to be written
        void read(long start, Tensor values);
    }

    private DataType type(String name) {
        return DataType.ofSafetensors(entry(name).typeName(), path + ": tensor '" + name + "'");
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new ModelException(path + " has no tensor '" + name + "'");
        }
        return entry;
    }

    /// Makes a tensor that lies in the file: what is never read takes no memory, and what is
    /// written becomes a private copy, page by page. The file itself never changes; it may be
    /// replaced or deleted meanwhile, but not be overwritten in place.
    ///
    /// @param name a tensor of this file
    /// @param type number format that is asked for
    /// @return the tensor, owned by the caller; none if the file has another format, or does not
    ///     place it as libtorch places its own tensors
    @Override
    public Optional<Owned> map(String name, DataType type) {
        Entry entry = entry(name);
        long start = dataStart + entry.start();
        if (type(name) != type || start % ALIGNMENT != 0) {
            return Optional.empty();
        }
        return Optional.of(Memory.keep(
                name,
                () -> privateBytes()
                        .narrow(0, start, entry.numElements() * type.bytes())
                        .view(type.scalarType())
                        .view(dims(entry))
                        .variable_data())); // counts its own changes, not those of its neighbours
    }

    @Override
    public boolean isMapped() {
        return privately != null;
    }

    private Tensor privateBytes() {
        Owned bytes = privately;
        if (bytes == null) {
            bytes = Memory.keep(
                    "bytes of " + path,
                    () -> torch.from_file(
                            path.toString(),
                            new BoolOptional(false),
                            new LongOptional(mapped.byteSize()),
                            new TensorOptions(ScalarType.Byte)));
            privately = bytes;
        }
        return bytes.tensor();
    }

    @Override
    public void close() {
        arena.close();
        if (privately != null) {
            privately.close();
        }
    }

    /// Where and what one tensor is.
    ///
    /// @param typeName number format as the header names it; formats that no weight has (a mask
    ///     stored as `BOOL`) may occur in a file as long as nobody reads the tensor
    /// @param dims     shape
    /// @param start    first byte, counted from the end of the header
    /// @param end      the byte behind its last one
    public record Entry(String typeName, List<Long> dims, long start, long end) {

        public long numElements() {
            long product = 1;
            for (long dim : dims) {
                product = Math.multiplyExact(product, dim);
            }
            return product;
        }
    }

    private static JsonNode readHeader(Path path, byte[] header) {
        JsonNode json;
        try {
            json = STRICT.readTree(new String(header, StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new ModelException(path + " has a damaged safetensors header: " + BrokenJson.of(e), e);
        }
        if (!json.isObject()) {
            throw new ModelException(path + " has a damaged safetensors header: it is not a JSON object");
        }
        return json;
    }

    private static Map<String, Entry> entries(Path path, JsonNode json, long dataLength) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : json.properties()) {
            if (!property.getKey().equals(METADATA)) {
                String where = path + ": tensor '" + property.getKey() + "'";
                entries.put(property.getKey(), readEntry(property.getValue(), where, dataLength));
            }
        }
        requireSeamless(path, entries, dataLength);
        return entries;
    }

    /// The format asks for tensors that lie one behind the other and fill the file: what overlaps
    /// or leaves a hole was shifted, and would be read from the wrong place.
    private static void requireSeamless(Path path, Map<String, Entry> entries, long dataLength) {
        long end = 0;
        List<Map.Entry<String, Entry>> inOrder = entries.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Entry> entry) ->
                                entry.getValue().start())
                        .thenComparingLong(entry -> entry.getValue().end()))
                .toList();
        for (Map.Entry<String, Entry> entry : inOrder) {
            if (entry.getValue().start() != end) {
                throw new ModelException(path + ": tensor '" + entry.getKey() + "' must begin at byte " + end
                        + ", where the one before it ends, but begins at "
                        + entry.getValue().start()
                        + "; the file is damaged");
            }
            end = entry.getValue().end();
        }
        if (end != dataLength) {
            throw new ModelException(
                    path + " has " + (dataLength - end) + " bytes behind its last tensor; it is damaged");
        }
    }

    private static Entry readEntry(JsonNode json, String where, long dataLength) {
        List<Long> dims = wholeNumbers(json.path("shape"));
        List<Long> offsets = wholeNumbers(json.path("data_offsets"));
        if (!json.path("dtype").isString()
                || !json.path("shape").isArray()
                || dims.size() != json.path("shape").size()
                || offsets.size() != 2) {
            throw new ModelException(where + " has a damaged header entry: " + json);
        }
        Entry entry = new Entry(json.path("dtype").asString(), dims, offsets.getFirst(), offsets.getLast());
        long numBytes = offsets.getLast() - offsets.getFirst();
        if (numBytes < 0 || offsets.getLast() > dataLength) {
            throw new ModelException(where + " lies outside the file, which is damaged or cut short");
        }
        if (!hasSize(entry, numBytes)) {
            throw new ModelException(where + " has " + numBytes + " bytes, which does not fit " + entry.typeName()
                    + " of the shape " + dims);
        }
        return entry;
    }

    private static boolean hasSize(Entry entry, long numBytes) {
        Integer bits = BITS.get(entry.typeName());
        try {
            return bits != null
                    && Math.multiplyExact(entry.numElements(), (long) bits) == Math.multiplyExact(8L, numBytes);
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /// @return the numbers of an array, up to the first entry that is not a whole number ≥ 0
    private static List<Long> wholeNumbers(JsonNode array) {
        List<Long> numbers = new ArrayList<>();
        for (JsonNode number : array) {
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
                return numbers;
            }
            numbers.add(number.asLong());
        }
        return numbers;
    }

    /// @return shape as libtorch wants it
    public static long[] dims(Entry entry) {
        return entry.dims().stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public String toString() {
        return path + " (" + entries.size() + " tensors)";
    }

    /// @return a new tensor in the processor's memory with the values of one of this file's
    ///     tensors, in the current scope
    public Tensor read(String name, DataType type) {
        Tensor tensor = HostTensors.empty(type.scalarType(), dims(entry(name)));
        copyInto(name, tensor);
        return tensor;
    }
}
