package org.betatron.torch.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.betatron.torch.ModelException;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A Hugging Face model directory: `config.json` and `model.safetensors`, or shards with an index.
///
/// @param path the directory
public record ModelDirectory(Path path) {

    static final String CONFIG = "config.json";
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    /// Largest file that is written; beyond it weights are split, as `transformers` does.
    static final long MAX_SHARD_BYTES = 5_000_000_000L;

    /// @return the parsed `config.json`
    /// @throws ModelException if the directory or the file is missing or is not JSON
    public ObjectNode readConfig() {
        if (!Files.isDirectory(path)) {
            throw new ModelException("model directory " + path + " does not exist");
        }
        Path file = path.resolve(CONFIG);
        if (!Files.exists(file)) {
            throw new ModelException("model directory " + path + " has no " + CONFIG);
        }
        if (readJson(file) instanceof ObjectNode config) {
            return config;
        }
        throw new ModelException(file + " must hold a JSON object");
    }

    /// @return the weight files, in a fixed order
    /// @throws ModelException if there are none, or an index names one that is missing
    public List<Path> weightFiles() {
        Path index = path.resolve(INDEX);
        if (Files.exists(index)) {
            TreeSet<String> names = new TreeSet<>();
            readJson(index).path("weight_map").forEach(name -> names.add(name.asString("")));
            List<Path> files = new ArrayList<>();
            for (String name : names) {
                if (!Files.exists(path.resolve(name))) {
                    throw new ModelException(index + " names the shard '" + name + "', which is missing");
                }
                files.add(path.resolve(name));
            }
            return files;
        }
        if (Files.exists(path.resolve(SINGLE))) {
            return List.of(path.resolve(SINGLE));
        }
        boolean hasPickle = Files.exists(path.resolve("pytorch_model.bin"));
        throw new ModelException("model directory " + path + " has neither " + SINGLE + " nor " + INDEX
                + (hasPickle ? "; pytorch_model.bin is not read: convert it to safetensors first" : ""));
    }

    /// Hashes everything that the model computes with.
    ///
    /// @return SHA-256 over `config.json` and the weight files, hexadecimal
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Files.readAllBytes(path.resolve(CONFIG)));
            byte[] buffer = new byte[1 << 20];
            for (Path file : weightFiles()) {
                try (var in = Files.newInputStream(file)) {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        digest.update(buffer, 0, n);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model in " + path, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Writes configuration and weights; each file is written beside and moved into place.
    ///
    /// @param config  `config.json`; its number format is set to `type`
    /// @param tensors weights by name; borrowed
    /// @param type    number format of the files
    /// @throws IOException if a file cannot be written
    public void write(ObjectNode config, Map<String, Tensor> tensors, DataType type) throws IOException {
        Files.createDirectories(path);
        ObjectNode written = config.deepCopy();
        written.put(written.has("dtype") ? "dtype" : "torch_dtype", type.configName());
        writeText(path.resolve(CONFIG), written.toPrettyString() + "\n");
        List<Map<String, Tensor>> shards = shards(tensors, type, MAX_SHARD_BYTES);
        if (shards.size() == 1) {
            writeWeights(path.resolve(SINGLE), shards.getFirst(), type);
            Files.deleteIfExists(path.resolve(INDEX));
            return;
        }
        ObjectNode index = JsonMapper.shared().createObjectNode();
        long totalBytes = tensors.values().stream()
                .mapToLong(t -> t.numel() * type.bytes())
                .sum();
        index.putObject("metadata").put("total_size", totalBytes);
        ObjectNode weightMap = index.putObject("weight_map");
        for (int i = 0; i < shards.size(); i++) {
            String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            writeWeights(path.resolve(name), shards.get(i), type);
            shards.get(i).keySet().forEach(tensor -> weightMap.put(tensor, name));
        }
        writeText(path.resolve(INDEX), index.toPrettyString() + "\n");
    }

    static List<Map<String, Tensor>> shards(Map<String, Tensor> tensors, DataType type, long maxBytes) {
        List<Map<String, Tensor>> shards = new ArrayList<>();
        Map<String, Tensor> current = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            long tensorBytes = entry.getValue().numel() * type.bytes();
            if (!current.isEmpty() && bytes + tensorBytes > maxBytes) {
                shards.add(current);
                current = new LinkedHashMap<>();
                bytes = 0;
            }
            current.put(entry.getKey(), entry.getValue());
            bytes += tensorBytes;
        }
        shards.add(current);
        return shards;
    }

    private static void writeWeights(Path file, Map<String, Tensor> tensors, DataType type) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + ".partial");
        try {
            SafetensorsWriter.write(beside, tensors, type);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void writeText(Path file, String text) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + ".partial");
        try {
            Files.writeString(beside, text);
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static JsonNode readJson(Path file) {
        try {
            return JsonMapper.shared().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (JacksonException e) {
            throw new ModelException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }
}
