package org.betatron.torch.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes tensors as a safetensors file, chunk by chunk from native memory.
public final class SafetensorsWriter {

    private static final long CHUNK_ELEMENTS = 16L << 20;

    private SafetensorsWriter() {}

    /// Writes a new file. A failure leaves a partial file behind, so callers write it through
    /// [org.betatron.core.files.StagedFiles], which syncs it.
    ///
    /// @param path    file to create or replace
    /// @param tensors tensors by name, in the order of the file
    /// @param type    number format in the file
    /// @throws IOException if the file cannot be written, for example because the disk is full
    public static void write(Path path, Map<String, FileTensor> tensors, DataType type) throws IOException {
        write(path, tensors, type, CHUNK_ELEMENTS, Map.of());
    }

    /// As [#write(Path, Map, DataType)], with what is said of the tensors.
    ///
    /// @param metadata texts by name
    public static void write(Path path, Map<String, FileTensor> tensors, DataType type, Map<String, String> metadata)
            throws IOException {
        write(path, tensors, type, CHUNK_ELEMENTS, metadata);
    }

    public static void write(Path path, Map<String, FileTensor> tensors, DataType type, long chunkElements)
            throws IOException {
        write(path, tensors, type, chunkElements, Map.of());
    }

    private static void write(
            Path path, Map<String, FileTensor> tensors, DataType type, long chunkElements, Map<String, String> metadata)
            throws IOException {
        byte[] header = header(tensors, type, metadata);
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            length.putLong(header.length).flip();
            writeFully(channel, length);
            writeFully(channel, ByteBuffer.wrap(header));
            for (FileTensor tensor : tensors.values()) {
                writeValues(channel, tensor, type, chunkElements);
            }
        }
    }

    private static byte[] header(Map<String, FileTensor> tensors, DataType type, Map<String, String> metadata) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ObjectNode said = json.putObject(SafetensorsFile.METADATA).put("format", "pt");
        metadata.forEach(said::put);
        long offset = 0;
        for (Map.Entry<String, FileTensor> entry : tensors.entrySet()) {
            long end = offset + entry.getValue().count() * type.bytes();
            ObjectNode tensor = json.putObject(entry.getKey());
            tensor.put("dtype", type.safetensorsName());
            var shape = tensor.putArray("shape");
            for (long dim : entry.getValue().shape()) {
                shape.add(dim);
            }
            tensor.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        String text = json.toString();
        // Padded with spaces so that the tensor bytes begin aligned, as the format recommends, and can be mapped.
        int padding =
                Math.floorMod(-Long.BYTES - text.getBytes(StandardCharsets.UTF_8).length, SafetensorsFile.ALIGNMENT);
        return (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
    }

    private static void writeValues(FileChannel channel, FileTensor tensor, DataType type, long chunkElements)
            throws IOException {
        IOException failure = Memory.compute(() -> {
            try {
                writeChunks(channel, tensor.values().get().detach().reshape(-1), type, chunkElements);
                return null;
            } catch (IOException e) {
                return e;
            }
        });
        if (failure != null) {
            throw failure;
        }
    }

    private static void writeChunks(FileChannel channel, Tensor values, DataType type, long chunkElements)
            throws IOException {
        long numElements = values.numel();
        for (long from = 0; from < numElements; from += chunkElements) {
            long first = from;
            long count = Math.min(chunkElements, numElements - from);
            IOException failure = Memory.compute(() -> {
                Tensor chunk = HostTensors.copied(values.narrow(0, first, count), type.scalarType());
                BytePointer bytes = new BytePointer(chunk.data_ptr()).capacity(count * type.bytes());
                try {
                    writeFully(channel, bytes.asByteBuffer());
                    return null;
                } catch (IOException e) {
                    return e;
                }
            });
            if (failure != null) {
                throw failure;
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
