package org.betatron.torch;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.WeightSpec;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A tiny model with what `transformers` computes for it, recorded by `parity/models.py`.
record RecordedModel(Path directory, JsonNode json) {

    static RecordedModel of(String name) {
        try {
            URL url = Objects.requireNonNull(
                    RecordedModel.class.getResource("parity/" + name + "/batch.json"), "no recorded model " + name);
            Path directory = Objects.requireNonNull(Path.of(url.toURI()).getParent());
            return new RecordedModel(
                    directory, JsonMapper.shared().readTree(Files.readString(directory.resolve("batch.json"))));
        } catch (IOException | URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /// The recorded groups, each as one group of the packed batch.
    PackedBatch packed() {
        PackedBatch.Builder builder = PackedBatch.builder();
        for (JsonNode group : json.path("groups")) {
            int[][] responses = new int[group.path("responses").size()][];
            for (int i = 0; i < responses.length; i++) {
                responses[i] = ints(group.path("responses").path(i));
            }
            builder.add(ints(group.path("prompt")), responses);
        }
        return builder.build();
    }

    /// The same sequences without sharing: every response a group of its own, as a plain loop computes them.
    PackedBatch unshared() {
        PackedBatch.Builder builder = PackedBatch.builder();
        for (JsonNode group : json.path("groups")) {
            for (JsonNode response : group.path("responses")) {
                builder.add(ints(group.path("prompt")), ints(response));
            }
        }
        return builder.build();
    }

    float[] coefficients() {
        float[] coefficients = new float[json.path("coefficients").size()];
        for (int i = 0; i < coefficients.length; i++) {
            coefficients[i] = (float) json.path("coefficients").path(i).asDouble();
        }
        return coefficients;
    }

    double[] logProbs() {
        double[] logProbs = new double[json.path("logprobs_f64").size()];
        for (int i = 0; i < logProbs.length; i++) {
            logProbs[i] = json.path("logprobs_f64").path(i).asDouble();
        }
        return logProbs;
    }

    JsonNode greedy() {
        return json.path("greedy");
    }

    /// Recorded gradients by weight name, rows first; empty for models without.
    Map<String, float[]> gradients() throws IOException {
        Set<String> columns = ArchitectureSpec.parse(new ModelDirectory(directory).readConfig(), "recorded")
                .architecture()
                .blueprint()
                .weights()
                .stream()
                .filter(WeightSpec::columns)
                .map(WeightSpec::name)
                .collect(Collectors.toSet());
        Map<String, float[]> gradients = new LinkedHashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("expected.safetensors"))) {
            for (String name : file.entries().keySet()) {
                if (name.startsWith("grad.")) {
                    String weight = name.substring("grad.".length());
                    gradients.put(weight, Memory.compute(() -> {
                        Tensor gradient = file.read(name, DataType.FP32);
                        return Tensors.toFloats(columns.contains(weight) ? gradient.t() : gradient);
                    }));
                }
            }
        }
        return gradients;
    }

    static int[] ints(JsonNode array) {
        int[] ints = new int[array.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = array.path(i).asInt();
        }
        return ints;
    }
}
