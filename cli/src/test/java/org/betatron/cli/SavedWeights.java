package org.betatron.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.betatron.torch.TorchLanguageModel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Weights read back from a model directory, without the code that wrote them.
final class SavedWeights {

    private SavedWeights() {}

    /// @param directory holds one `model.safetensors` of 32-bit floats
    /// @return every tensor by name, sorted
    static Map<String, float[]> read(Path directory) throws IOException {
        return readFile(directory.resolve("model.safetensors"));
    }

    /// @param directory holds an adapter
    /// @return every tensor by its name without what PEFT puts before all, sorted
    static Map<String, float[]> readAdapter(Path directory) throws IOException {
        Map<String, float[]> tensors = new TreeMap<>();
        readFile(directory.resolve("adapter_model.safetensors"))
                .forEach((name, values) -> tensors.put(name.replace("base_model.model.", ""), values));
        return tensors;
    }

    private static Map<String, float[]> readFile(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = (int) bytes.getLong();
        byte[] header = new byte[headerLength];
        bytes.get(header);
        JsonNode entries = JsonMapper.shared().readTree(new String(header, StandardCharsets.UTF_8));
        Map<String, float[]> weights = new TreeMap<>();
        entries.properties().forEach(entry -> {
            if (entry.getKey().equals("__metadata__")) {
                return;
            }
            if (!entry.getValue().path("dtype").asString().equals("F32")) {
                throw new IllegalStateException(entry + " must be F32");
            }
            JsonNode offsets = entry.getValue().path("data_offsets");
            int from = offsets.get(0).asInt();
            float[] values = new float[(offsets.get(1).asInt() - from) / Float.BYTES];
            bytes.slice(Long.BYTES + headerLength + from, values.length * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            weights.put(entry.getKey(), values);
        });
        return weights;
    }

    /// @return what the model holds now, by way of a file
    static Map<String, float[]> of(TorchLanguageModel model, Path emptyDirectory) throws IOException {
        Files.createDirectories(emptyDirectory);
        model.save(emptyDirectory);
        return model.adapter().isPresent() ? readAdapter(emptyDirectory) : read(emptyDirectory);
    }

    /// Makes one row of a matrix no numbers.
    ///
    /// @param directory holds one `model.safetensors` of 32-bit floats
    static void spoil(Path directory, String name, int row) throws IOException {
        Path file = directory.resolve("model.safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) bytes.getLong()];
        bytes.get(header);
        JsonNode entry = JsonMapper.shared()
                .readTree(new String(header, StandardCharsets.UTF_8))
                .path(name);
        int columns = entry.path("shape").get(1).asInt();
        int from =
                Long.BYTES + header.length + entry.path("data_offsets").get(0).asInt() + row * columns * Float.BYTES;
        for (int i = 0; i < columns; i++) {
            bytes.putFloat(from + i * Float.BYTES, Float.NaN);
        }
        Files.write(file, bytes.array());
    }
}
