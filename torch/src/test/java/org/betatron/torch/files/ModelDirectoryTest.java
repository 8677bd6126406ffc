package org.betatron.torch.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.betatron.core.model.PackedBatch;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.TinyModels;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelDirectoryTest {

    private static final PackedBatch BATCH = RandomBatches.batch(7, 3, 2, TinyModels.VOCABULARY, 9);

    @TempDir
    private Path temporary;

    private Path path;
    private ModelDirectory directory;

    @BeforeEach
    void nameDirectory() {
        path = temporary.resolve("model");
        directory = new ModelDirectory(path);
    }

    @Test
    void shardsAreWrittenAndReadBack() throws IOException {
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            write(model, 20_000);
            List<String> names = names(path);
            assertThat(names)
                    .hasSizeGreaterThan(4)
                    .contains("config.json", "model.safetensors.index.json")
                    .doesNotContain("model.safetensors");
            JsonNode index = json("model.safetensors.index.json");
            assertThat(index.path("metadata").path("total_size").asLong()).isEqualTo(4 * model.numParameters());
            assertThat(index.path("weight_map").propertyNames())
                    .containsExactlyElementsOf(model.weights().names());
            assertSameModel(model);
            for (Path file : directory.weightFiles()) {
                // One embedding matrix is 12,928 bytes, nothing exceeds the limit by itself.
                assertThat(Files.size(file)).isLessThan(20_000 + 4_000);
            }
        }
    }

    /// Bytes of configuration and weights, hexadecimal.
    private List<String> contents() throws IOException {
        List<String> contents = new ArrayList<>();
        for (Path file : directory.modelFiles()) {
            contents.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
        return contents;
    }

    @Test
    void everyFormatLoads() throws IOException {
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 1)) {
            model.save(path, DataType.BF16);
            List<String> half = contents();
            try (TorchLanguageModel rounded = TorchLanguageModel.load(path, DataType.FP32)) {
                rounded.save(path, DataType.FP32);
                assertSameModel(rounded);
                assertThat(contents()).isNotEqualTo(half).hasSize(2);
                rounded.save(path, DataType.BF16); // the second rounding changes nothing
                assertSameModel(rounded);
                assertThat(contents()).isEqualTo(half);
            }
        }
    }

    @Test
    void savedConfigSaysTheNumberFormatAndSpellsTheRotationForEveryVersion() throws IOException {
        for (String key : List.of("torch_dtype", "dtype")) {
            ObjectNode config = TinyModels.neox().put(key, "float16");
            config.putArray("architectures").add("GPTNeoXForCausalLM");
            config.putNull("pad_token_id");
            try (TorchLanguageModel model = TorchLanguageModel.initialize(config, "here", 1, DataType.FP32)) {
                model.save(path, DataType.BF16);
            }
            assertThat(config.path(key).asString()).isEqualTo("float16");
            assertThat(json("config.json")).isEqualTo(inEverySpelling(config.put(key, "bfloat16")));
        }
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 1)) {
            model.save(path);
        }
        assertThat(json("config.json"))
                .isEqualTo(inEverySpelling(TinyModels.neox().put("torch_dtype", "float32")));
    }

    private static ObjectNode inEverySpelling(ObjectNode neox) {
        neox.put("rotary_emb_base", 10000.0).putNull("rope_scaling");
        neox.putObject("rope_parameters")
                .put("rope_theta", 10000.0)
                .put("partial_rotary_factor", 0.25)
                .put("rope_type", "default");
        return neox;
    }

    /// As recorded of transformers 5 in `model-files.json` under "tied, own head".
    @Test
    void aHeadOfItsOwnIsUsedAlthoughTheConfigurationTiesIt() throws IOException {
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            ObjectNode tied = TinyModels.llama().put("tie_word_embeddings", true);
            for (long maxShardBytes : new long[] {1 << 20, 20_000}) {
                directory.write(tied, FileTensor.lent(model.weights().values()), DataType.FP32, maxShardBytes);
                assertSameModel(model);
            }
            try (TorchLanguageModel loaded = TorchLanguageModel.load(path, DataType.FP32)) {
                assertThat(loaded.remarks())
                        .containsExactly(
                                path.resolve("config.json") + " ties the head to the embedding, but the weights"
                                        + " hold a head of its own: it is used, as in transformers 5, and the model is saved"
                                        + " with tie_word_embeddings false");
                loaded.save(path);
            }
            assertThat(json("config.json").path("tie_word_embeddings").asBoolean())
                    .isFalse();
            assertSameModel(model);
        }
    }

    @Test
    void aHeadThatIsTheEmbeddingStaysTied() throws IOException {
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            Map<String, Tensor> weights = new LinkedHashMap<>(model.weights().values());
            weights.put("lm_head.weight", weights.get("model.embed_tokens.weight"));
            directory.write(
                    TinyModels.llama().put("tie_word_embeddings", true), FileTensor.lent(weights), DataType.FP32);
        }
        try (TorchLanguageModel loaded = TorchLanguageModel.load(path, DataType.FP32)) {
            assertThat(loaded.remarks()).isEmpty();
            assertThat(loaded.weights().names()).doesNotContain("lm_head.weight");
        }
    }

    /// As recorded of transformers 5 in `model-files.json`.
    @Test
    void aSingleFileComesBeforeAnIndex() throws IOException {
        try (TorchLanguageModel first = TinyModels.model("llama", 1);
                TorchLanguageModel second = TinyModels.model("llama", 2)) {
            write(second, 20_000);
            Path elsewhere = temporary.resolve("elsewhere");
            new ModelDirectory(elsewhere)
                    .write(TinyModels.llama(), FileTensor.lent(first.weights().values()), DataType.FP32);
            Files.copy(elsewhere.resolve("model.safetensors"), path.resolve("model.safetensors"));
            assertSameModel(first);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../model.safetensors", "/model.safetensors", "a/b.safetensors", "weights.bin", ".."})
    void anIndexThatNamesSomethingElsewhere(String name) throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("config.json"), TinyModels.llama().toString());
        Files.writeString(path.resolve("model.safetensors.index.json"), """
                {"weight_map": {"model.norm.weight": "%s"}}""".formatted(name));
        assertRefused(path.resolve("model.safetensors.index.json") + " must name files beside it that end in"
                + " .safetensors but names '" + name + "' for tensor 'model.norm.weight'");
    }

    @Test
    void anIndexThatContradictsItsShards() throws IOException {
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            write(model, 20_000);
        }
        Path index = path.resolve("model.safetensors.index.json");
        Path first = directory.weightFiles().getFirst();
        Path last = directory.weightFiles().getLast();
        ObjectNode json = (ObjectNode) json("model.safetensors.index.json");
        ObjectNode map = (ObjectNode) json.path("weight_map");
        map.put("model.embed_tokens.weight", last.getFileName().toString());
        Files.writeString(index, json.toString());
        assertRefused(first + ": tensor 'model.embed_tokens.weight' is here, but the index says that it is in "
                + last.getFileName());
        map.put("model.embed_tokens.weight", first.getFileName().toString());
        map.put("model.extra.weight", last.getFileName().toString());
        Files.writeString(index, json.toString());
        assertRefused(last + " lacks tensor 'model.extra.weight', which the index says is there");
        Files.writeString(index, "{\"weight_map\": {\"a\": \"m.safetensors\", \"a\": \"n.safetensors\"}}");
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> TorchLanguageModel.load(path, DataType.FP32))
                .withMessageStartingWith(index + ": the name \"a\" stands twice");
    }

    /// A pipe in place of a file would be waited for without end.
    @ParameterizedTest
    @ValueSource(strings = {"config.json", "model.safetensors", "model.safetensors.index.json"})
    void whatIsNoFile(String name) throws IOException, InterruptedException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("config.json"), TinyModels.llama().toString());
        Path file = path.resolve(name);
        Files.deleteIfExists(file);
        Files.createDirectory(file);
        assertRefused(file + " must be a file but is a directory");
        Files.delete(file);
        assumeTrue(new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0);
        assertRefused(file + " must be a file but is a pipe, a socket or a device");
    }

    /// Weights lie in their file, so that what overwrites it would be saved as trained.
    @Test
    void aFileThatIsOverwrittenWhileItsModelIsInUse() throws IOException {
        Path file = path.resolve("model.safetensors");
        try (TorchLanguageModel other = TinyModels.model("llama", 2)) {
            other.save(path);
            byte[] others = Files.readAllBytes(file);
            try (TorchLanguageModel model = TorchLanguageModel.load(path, DataType.FP32)) {
                other.save(path); // another file takes the name
                assertThat(model.score(BATCH).logProbs()).isNotEmpty();
            }
            for (int bytes : new int[] {others.length, others.length / 2}) {
                Files.write(file, others);
                try (TorchLanguageModel model = TorchLanguageModel.load(path, DataType.FP32)) {
                    Files.write(file, Arrays.copyOf(others, bytes));
                    Files.setLastModifiedTime(file, FileTime.fromMillis(bytes));
                    String message = changed(file);
                    assertChanged(message, () -> model.score(BATCH));
                    assertChanged(message, () -> model.startDecoding().close());
                    assertChanged(message, () -> model.save(temporary.resolve("saved")));
                    assertThat(temporary.resolve("saved")).doesNotExist();
                }
            }
        }
    }

    /// A copy that keeps times shows nothing in size and time.
    @Test
    void bytesThatChangeUnderTheTimesOfBefore() throws IOException {
        Path file = path.resolve("model.safetensors");
        try (TorchLanguageModel other = TinyModels.model("llama", 2)) {
            other.save(path);
        }
        byte[] before = Files.readAllBytes(file);
        FileTime time = Files.getLastModifiedTime(file);
        try (TorchLanguageModel model = TorchLanguageModel.load(path, DataType.FP32)) {
            model.noteFiles();
            model.save(temporary.resolve("same"));
            byte[] changed = before.clone();
            changed[changed.length - 1] ^= 1;
            Files.write(file, changed);
            Files.setLastModifiedTime(file, time);
            assertChanged(changed(file), () -> model.save(temporary.resolve("saved")));
            assertThat(temporary.resolve("saved")).doesNotExist();
            Files.write(file, before);
            Files.setLastModifiedTime(file, time);
            // Another file takes the name: the one that weights lie in is as it was.
            Files.move(Files.write(temporary.resolve("new"), changed), file, StandardCopyOption.REPLACE_EXISTING);
            model.save(temporary.resolve("saved"));
        }
        assertThat(temporary.resolve("saved/model.safetensors")).hasBinaryContent(before);
    }

    private static String changed(Path file) {
        return file + " was changed while the model in it was in use, so the weights are no longer those that were"
                + " loaded: start again, and put other weights there under a new file that is renamed, or in another"
                + " directory";
    }

    private static void assertChanged(String message, ThrowingCallable use) {
        assertThatExceptionOfType(ModelException.class).isThrownBy(use).withMessage(message);
    }

    /// An adapter's directory is opened where models are named; by itself it holds no model.
    @Test
    void anAdapterByItselfIsNoModel() throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("adapter_config.json"), "{}");
        assertRefused("model directory " + path + " has no config.json");
    }

    @Test
    void filesOfAnEarlierSaveAreRemoved() throws IOException {
        try (TorchLanguageModel first = TinyModels.model("llama", 1);
                TorchLanguageModel second = TinyModels.model("llama", 2)) {
            write(first, 20_000);
            Files.writeString(path.resolve("tokenizer.json"), "{}");
            write(second, 40_000);
            assertThat(names(path))
                    .filteredOn(name -> name.startsWith("model-"))
                    .hasSize(directory.weightFiles().size());
            assertSameModel(second);

            first.save(path);
            assertThat(names(path)).containsExactly("config.json", "model.safetensors", "tokenizer.json");
            assertSameModel(first);

            write(second, 20_000);
            assertThat(names(path)).doesNotContain("model.safetensors").contains("tokenizer.json");
            assertSameModel(second);
        }
    }

    @Test
    void failedSaveLeavesTheEarlierModelWhole() throws IOException {
        try (TorchLanguageModel first = TinyModels.model("llama", 1);
                TorchLanguageModel second = TinyModels.model("llama", 2)) {
            for (long maxShardBytes : new long[] {1 << 20, 20_000}) {
                write(first, maxShardBytes);
                List<String> before = names(path);
                Map<String, Tensor> weights =
                        new LinkedHashMap<>(second.weights().values());
                try (Tensor last =
                        new Unwritable(second.weights().get("lm_head.weight").values())) {
                    weights.put("lm_head.weight", last);
                    assertThatExceptionOfType(IllegalStateException.class)
                            .isThrownBy(() -> directory.write(
                                    TinyModels.llama(), FileTensor.lent(weights), DataType.FP32, maxShardBytes))
                            .withMessage("disk full");
                }
                assertThat(names(path)).isEqualTo(before);
                assertSameModel(first);
            }
        }
    }

    @Test
    void directoryBelowAFile() throws IOException {
        Files.writeString(path, "a file");
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            assertThatExceptionOfType(FileAlreadyExistsException.class)
                    .isThrownBy(() -> model.save(path))
                    .withMessage(path.toString());
        }
        assertThat(path).hasContent("a file");
    }

    @Test
    void incompleteDirectories() throws IOException {
        assertRefused("model directory " + path + " does not exist");
        Files.createDirectories(path);
        assertRefused("model directory " + path + " has no config.json");
        Files.writeString(path.resolve("config.json"), "{model_type");
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> TorchLanguageModel.load(path, DataType.FP32))
                .withMessageStartingWith(path.resolve("config.json") + ": not valid JSON at line 1, column 2");
        Files.writeString(path.resolve("config.json"), "[]");
        assertRefused(path.resolve("config.json") + " must hold a JSON object");
        Files.writeString(path.resolve("config.json"), TinyModels.llama().toString());
        assertRefused("model directory " + path + " has neither model.safetensors nor model.safetensors.index.json");
        Files.writeString(path.resolve("pytorch_model.bin"), "");
        assertRefused("model directory " + path + " has neither model.safetensors nor model.safetensors.index.json;"
                + " pytorch_model.bin is not read: convert it to safetensors first");
    }

    @Test
    void missingShard() throws IOException {
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            write(model, 20_000);
        }
        Path last = directory.weightFiles().getLast();
        Files.delete(last);
        assertRefused(path.resolve("model.safetensors.index.json") + " names the shard '" + last.getFileName()
                + "', which is missing");
    }

    @Test
    void indexWithoutShards() throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("config.json"), TinyModels.llama().toString());
        Files.writeString(path.resolve("model.safetensors.index.json"), "{}");
        assertRefused(
                path.resolve("model.safetensors.index.json") + " must name the shards in weight_map but names none");
    }

    @Test
    void weightsThatDoNotFit() throws IOException {
        Path file = path.resolve("model.safetensors");
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            Map<String, Tensor> weights = new LinkedHashMap<>(model.weights().values());
            Tensor norm = weights.remove("model.norm.weight");
            directory.write(TinyModels.llama(), FileTensor.lent(weights), DataType.FP32);
            assertRefused("model directory " + path + " lacks tensor 'model.norm.weight'");

            weights.remove("lm_head.weight");
            directory.write(TinyModels.llama(), FileTensor.lent(weights), DataType.FP32);
            assertRefused("model directory " + path + " lacks tensor 'lm_head.weight' and 1 more");

            weights.put("model.layers.7.bias", norm);
            directory.write(TinyModels.llama(), FileTensor.lent(weights), DataType.FP32);
            assertRefused(file + ": tensor 'model.layers.7.bias' does not belong to the model that config.json"
                    + " describes");

            model.save(path);
            Files.writeString(
                    path.resolve("config.json"),
                    TinyModels.llama().put("intermediate_size", 40).toString());
            assertRefused(file + ": tensor 'model.layers.0.mlp.gate_proj.weight' must have the shape [40, 32] that"
                    + " config.json asks for but has [48, 32]");
        }
    }

    @Test
    void tensorInTwoShards() throws IOException {
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            write(model, 20_000);
        }
        List<Path> shards = directory.weightFiles();
        Files.copy(shards.getFirst(), path.resolve("model-z.safetensors"));
        ObjectNode index = (ObjectNode) json("model.safetensors.index.json");
        ((ObjectNode) index.path("weight_map")).put("extra", "model-z.safetensors");
        Files.writeString(path.resolve("model.safetensors.index.json"), index.toString());
        assertRefused(
                path.resolve("model-z.safetensors") + ": tensor 'model.embed_tokens.weight' is in another shard too");
    }

    /// What a failed load had read already is freed.
    private void assertRefused(String message) {
        long live = Owned.liveCount();
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> TorchLanguageModel.load(path, DataType.FP32))
                .withMessage(message);
        assertThat(Owned.liveCount()).isEqualTo(live);
    }

    private void write(TorchLanguageModel model, long maxShardBytes) throws IOException {
        directory.write(TinyModels.llama(), FileTensor.lent(model.weights().values()), DataType.FP32, maxShardBytes);
    }

    private void assertSameModel(TorchLanguageModel expected) {
        try (TorchLanguageModel loaded = TorchLanguageModel.load(path, DataType.FP32)) {
            assertThat(loaded.score(BATCH).logProbs())
                    .isEqualTo(expected.score(BATCH).logProbs());
        }
    }

    private JsonNode json(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(path.resolve(name)));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /// A weight that cannot be read, as a disk that fills up ends a save.
    private static final class Unwritable extends Tensor {

        Unwritable(Tensor tensor) {
            super(tensor);
        }

        @Override
        public Tensor detach() {
            throw new IllegalStateException("disk full");
        }
    }
}
