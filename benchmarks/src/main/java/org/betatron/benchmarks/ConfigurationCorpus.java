package org.betatron.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.tensor.DataType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Log-probs under the configurations that `parity/configurations.py` has made, for it to compare.
///
///     ConfigurationCorpus DIRECTORY
public final class ConfigurationCorpus {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path directory;
    private final List<PackedBatch> sequences;

    private ConfigurationCorpus(Path directory, List<PackedBatch> sequences) {
        this.directory = directory;
        this.sequences = sequences;
    }

    /// @param args the directory
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        List<PackedBatch> sequences = new ArrayList<>();
        for (JsonNode ids : JSON.readTree(root.resolve("sequences.json").toFile())) {
            int[] tokens =
                    ids.valueStream().mapToInt(JsonNode::asInt).toArray();
            sequences.add(PackedBatch.builder()
                    .add(Arrays.copyOf(tokens, 1), Arrays.copyOfRange(tokens, 1, tokens.length))
                    .build());
        }
        ConfigurationCorpus corpus = new ConfigurationCorpus(root.resolve("configurations"), sequences);
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(root.resolve("betatron.jsonl")))) {
            for (String line : Files.readAllLines(root.resolve("manifest.jsonl"))) {
                out.println(corpus.computed(JSON.readTree(line).path("name").asString()));
            }
        }
    }

    private ObjectNode computed(String name) {
        ObjectNode computed = JSON.createObjectNode().put("name", name);
        ComputeSpec exact = ComputeSpec.DEFAULT.withPrecision(DataType.FP32);
        try (TorchLanguageModel model = TorchLanguageModel.load(directory.resolve(name), exact)) {
            ArrayNode all = JSON.createArrayNode();
            sequences.forEach(sequence -> add(all, model, sequence));
            computed.set("logprobs", all);
        } catch (ModelException e) {
            computed.put("refused", e.getMessage());
        }
        return computed;
    }

    /// A sequence that is longer than the model's positions has none.
    private static void add(ArrayNode all, TorchLanguageModel model, PackedBatch sequence) {
        if (model.maxPositions() < sequence.numTokens()) {
            all.addNull();
            return;
        }
        ArrayNode logProbs = all.addArray();
        for (float logProb : model.score(sequence).logProbs()) {
            if (Float.isFinite(logProb)) {
                logProbs.add(Math.round(logProb * 1e5) / 1e5);
            } else {
                logProbs.addNull();
            }
        }
    }
}
