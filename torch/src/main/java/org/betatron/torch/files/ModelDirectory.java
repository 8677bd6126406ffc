package org.betatron.torch.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.betatron.core.files.InPlaceOf;
import org.betatron.core.files.StagedFiles;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.tensor.DataType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A Hugging Face model directory: `config.json` and `model.safetensors`, or shards with an index.
/// It may hold `model.gguf` instead, whose weights are then read as they lie there.
///
/// @param path the directory
public record ModelDirectory(Path path) {

    private static final String CONFIG = "config.json";
    static final String SINGLE = "model.safetensors";
    public static final String GGUF = "model.gguf";
    static final String INDEX = "model.safetensors.index.json";

    /// What PEFT writes of an adapter.
    public static final String ADAPTER_CONFIG = "adapter_config.json";

    public static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";

    /// Largest file that is written; beyond it weights are split, as `transformers` does.
    static final long MAX_SHARD_BYTES = 5_000_000_000L;

    /// A name without a way to another directory.
    private static final Pattern SHARD = Pattern.compile("[^/\\\\\\p{Cntrl}]+\\.safetensors");

    private static final Pattern WEIGHT_FILE = Pattern.compile("model(-\\d{5}-of-\\d{5})?\\.safetensors");

    /// @return whether a file of that name in a model's directory holds weights, or says which does
    public static boolean isOfWeights(String name) {
        return name.equals(INDEX) || name.equals(GGUF) || SHARD.matcher(name).matches();
    }

    /// @return where `config.json` is, or would be
    public Path configFile() {
        return path.resolve(CONFIG);
    }

    /// @return the parsed `config.json`
    /// @throws ModelException if the directory or the file is missing or is not JSON
    public ObjectNode readConfig() {
        if (!Files.isDirectory(path)) {
            throw new ModelException("model directory " + path + " does not exist");
        }
        Path file = configFile();
        if (!Files.exists(file)) {
            throw new ModelException("model directory " + path + " has no " + CONFIG);
        }
        if (readJson(file, JsonMapper.shared()) instanceof ObjectNode config) {
            return config;
        }
        throw new ModelException(file + " must hold a JSON object");
    }

    /// The single file where there is one, whatever an index beside it says, as in `transformers`;
    /// else the shards that the index names.
    ///
    /// @return the weight files, in a fixed order
    /// @throws ModelException if there are none, or an index names one that is missing or lies
    ///     elsewhere
    public List<Path> weightFiles() {
        Path single = path.resolve(SINGLE);
        if (Files.exists(single)) {
            return List.of(single);
        }
        if (Files.exists(path.resolve(INDEX))) {
            return List.copyOf(new TreeSet<>(shardsByTensor().values()));
        }
        if (Files.exists(path.resolve(GGUF))) {
            return List.of(path.resolve(GGUF));
        }
        boolean hasPickle = Files.exists(path.resolve("pytorch_model.bin"));
        throw new ModelException("model directory " + path + " has neither " + SINGLE + " nor " + INDEX
                + (hasPickle ? "; pytorch_model.bin is not read: convert it to safetensors first" : ""));
    }

    /// @return whether a file of weights, or of a whole model, is one of llama.cpp
    public static boolean isGguf(Path file) {
        return file.getFileName() != null && file.getFileName().toString().endsWith(".gguf");
    }

    /// @return the file in which the index places each tensor; empty where there is no index in use
    /// @throws ModelException if it names no file, or one that is missing or lies elsewhere
    public Map<String, Path> shardsByTensor() {
        Path index = path.resolve(INDEX);
        Map<String, Path> shards = new LinkedHashMap<>();
        if (Files.exists(path.resolve(SINGLE)) || !Files.exists(index)) {
            return shards;
        }
        Set<String> present = new HashSet<>();
        for (Map.Entry<String, JsonNode> entry :
                readJson(index, SafetensorsFile.STRICT).path("weight_map").properties()) {
            String name = entry.getValue().asString("");
            if (!SHARD.matcher(name).matches()) {
                throw new ModelException(index + " must name files beside it that end in .safetensors but names '"
                        + name + "' for tensor '" + entry.getKey() + "'");
            }
            if (!present.contains(name) && !Files.exists(path.resolve(name))) {
                throw new ModelException(index + " names the shard '" + name + "', which is missing");
            }
            present.add(name);
            shards.put(entry.getKey(), path.resolve(name));
        }
        if (shards.isEmpty()) {
            throw new ModelException(index + " must name the shards in weight_map but names none");
        }
        return shards;
    }

    /// @return the weight files, and the index that is read with them
    public List<Path> filesOfWeights() {
        List<Path> files = new ArrayList<>(weightFiles());
        if (!shardsByTensor().isEmpty()) {
            files.add(path.resolve(INDEX));
        }
        return files;
    }

    /// @return everything that the model computes with: `config.json` and the weight files, in a
    ///     fixed order
    public List<Path> modelFiles() {
        List<Path> files = new ArrayList<>();
        files.add(configFile());
        files.addAll(weightFiles());
        Stream.of(ADAPTER_CONFIG, ADAPTER_WEIGHTS)
                .map(path::resolve)
                .filter(Files::exists)
                .forEach(files::add);
        return files;
    }

    /// Writes configuration and weights.
    ///
    /// All files are written beside and moved into place when every one is complete, so a failure
    /// before that (a full disk) leaves an earlier model whole. While shards are being exchanged
    /// there is no index: a crash then leaves a directory that is refused, never a mix of weights.
    /// Weight files of an earlier save that the new model does not use are removed.
    ///
    /// @param config  `config.json`; its number format is set to `type`
    /// @param tensors weights by name
    /// @param type    number format of the files
    /// @throws IOException if a file cannot be written
    public void write(ObjectNode config, Map<String, FileTensor> tensors, DataType type) throws IOException {
        write(config, tensors, type, MAX_SHARD_BYTES);
    }

    public void write(ObjectNode config, Map<String, FileTensor> tensors, DataType type, long maxShardBytes)
            throws IOException {
        Files.createDirectories(path);
        List<Map<String, FileTensor>> shards = shards(tensors, type, maxShardBytes);
        Set<String> names = new HashSet<>();
        try (StagedFiles files = new StagedFiles()) {
            ObjectNode weightMap = JsonMapper.shared().createObjectNode();
            for (int i = 0; i < shards.size(); i++) {
                String name =
                        shards.size() == 1 ? SINGLE : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
                SafetensorsWriter.write(files.stage(path.resolve(name)), shards.get(i), type);
                shards.get(i).keySet().forEach(tensor -> weightMap.put(tensor, name));
                names.add(name);
            }
            Files.writeString(files.stage(configFile()), withType(config, type).toPrettyString() + "\n");
            if (shards.size() > 1) {
                long totalBytes = tensors.values().stream()
                        .mapToLong(tensor -> tensor.count() * type.bytes())
                        .sum();
                ObjectNode index = JsonMapper.shared().createObjectNode();
                index.putObject("metadata").put("total_size", totalBytes);
                index.set("weight_map", weightMap);
                Files.writeString(files.stage(path.resolve(INDEX)), index.toPrettyString() + "\n");
                // The single file comes before an index: neither may stand there while shards are exchanged.
                Files.deleteIfExists(path.resolve(INDEX));
                Files.deleteIfExists(path.resolve(SINGLE));
            }
            files.moveAll();
        }
        if (shards.size() == 1) {
            Files.deleteIfExists(path.resolve(INDEX));
        }
        deleteStaleWeights(names);
    }

    private void deleteStaleWeights(Set<String> written) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (WEIGHT_FILE.matcher(name).matches() && !written.contains(name)) {
                    Files.delete(file);
                }
            }
        }
    }

    /// `transformers` 4 calls the number format `torch_dtype`, 5 calls it `dtype`.
    private static ObjectNode withType(ObjectNode config, DataType type) {
        ObjectNode copy = config.deepCopy();
        if (copy.has("dtype")) {
            copy.put("dtype", type.configName());
        }
        if (copy.has("torch_dtype") || !copy.has("dtype")) {
            copy.put("torch_dtype", type.configName());
        }
        return copy;
    }

    static List<Map<String, FileTensor>> shards(Map<String, FileTensor> tensors, DataType type, long maxBytes) {
        List<Map<String, FileTensor>> shards = new ArrayList<>();
        Map<String, FileTensor> current = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<String, FileTensor> entry : tensors.entrySet()) {
            long tensorBytes = entry.getValue().count() * type.bytes();
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

    /// @param file exists
    /// @return what it holds
    /// @throws ModelException if that is not JSON
    public static JsonNode readJson(Path file) {
        return readJson(file, JsonMapper.shared());
    }

    private static JsonNode readJson(Path file, JsonMapper mapper) {
        RegularFile.require(file);
        try {
            return mapper.readTree(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new ModelException(file + " is not valid UTF-8" + InPlaceOf.hint(file), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (JacksonException e) {
            throw new ModelException(file + ": " + BrokenJson.of(e) + InPlaceOf.hint(file), e);
        }
    }
}
