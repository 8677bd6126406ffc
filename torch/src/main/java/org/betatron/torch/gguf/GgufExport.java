package org.betatron.torch.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.betatron.gguf.GgufType;
import org.betatron.gguf.GgufWriter;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.FileTensor;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a model as a GGUF file, with the names and layouts of llama.cpp.
public final class GgufExport {

    private final GgufFamily family;
    private final ObjectNode config;
    private final Layout.Heads heads;
    private final GgufType type;
    private final CurrentTensor current = new CurrentTensor();

    private GgufExport(GgufFamily family, ObjectNode config, GgufType type) {
        this.family = family;
        this.config = config;
        this.type = type;
        heads = heads(family, config);
    }

    static Layout.Heads heads(GgufFamily family, ObjectNode config) {
        int query = config.path(family == GgufFamily.GPT2 ? "n_head" : "num_attention_heads")
                .asInt(1);
        return new Layout.Heads(query, config.path("num_key_value_heads").asInt(query));
    }

    /// @return every weight that such a model may have, by its Hugging Face name
    static Map<String, GgufFamily.Name> namesByModel(GgufFamily family, ObjectNode config) {
        Map<String, GgufFamily.Name> names = new LinkedHashMap<>();
        int layers = config.path(family == GgufFamily.GPT2 ? "n_layer" : "num_hidden_layers")
                .asInt();
        family.names(layers).values().forEach(name -> names.put(name.model(), name));
        return names;
    }

    static ModelException noPlace(String weight, GgufFamily family) {
        return new ModelException("llama.cpp has no place for the weight '" + weight + "' in a model of the family "
                + family.architecture());
    }

    /// @param file      written whole, or left behind where writing fails
    /// @param config    of the model, in the keys of transformers 5
    /// @param weights   by Hugging Face names
    /// @param type      number format of the matrices, F32, F16, BF16 or Q8_0. Vectors are F32, and
    ///     matrices whose rows are no whole blocks F16
    /// @param tokenizer metadata of the tokenizer
    /// @throws IOException    if the file cannot be written
    /// @throws ModelException if llama.cpp does not know the family, or cannot do what the
    ///     configuration says
    public static void write(
            Path file, ObjectNode config, Map<String, FileTensor> weights, GgufType type, Map<String, Object> tokenizer)
            throws IOException {
        GgufFamily family = GgufFamily.ofConfig(config);
        GgufExport export = new GgufExport(family, config, type);
        Map<String, Object> metadata = new LinkedHashMap<>(GgufShapeKeys.of(family, config));
        metadata.put("general.file_type", fileType(type));
        metadata.put("general.quantization_version", 2);
        metadata.putAll(tokenizer);
        try {
            GgufWriter.write(file, metadata, export.sources(weights));
        } finally {
            export.current.close();
        }
    }

    private static int fileType(GgufType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q8_0 -> 7;
            case BF16 -> 32;
            default -> throw new IllegalArgumentException(type + " is not written; F32, F16, BF16 and Q8_0 are");
        };
    }

    private List<GgufWriter.Source> sources(Map<String, FileTensor> weights) {
        Map<String, GgufFamily.Name> names = namesByModel(family, config);
        List<GgufWriter.Source> sources = new ArrayList<>();
        JsonNode rope = config.path("rope_parameters");
        if (rope.path("rope_type").asString("").equals("llama3")) {
            sources.add(divisors(rope));
        }
        weights.forEach((name, tensor) -> {
            GgufFamily.Name named = names.get(name);
            if (named == null) {
                throw noPlace(name, family);
            }
            sources.add(source(named, tensor));
        });
        return sources;
    }

    private GgufWriter.Source divisors(JsonNode rope) {
        int headDim = config.path("head_dim").asInt(config.path("hidden_size").asInt() / heads.query());
        float[] divisors =
                LlamaFrequencies.divisors(rope, rope.path("rope_theta").asDouble(), headDim);
        return new GgufWriter.Source(
                "rope_freqs.weight",
                List.of((long) divisors.length),
                GgufType.F32,
                (_, _, target) -> System.arraycopy(divisors, 0, target, 0, divisors.length));
    }

    private GgufWriter.Source source(GgufFamily.Name name, FileTensor weight) {
        boolean matrix = weight.shape().size() > 1;
        boolean turned = matrix && name.layout() == Layout.TRANSPOSED;
        List<Long> shape = turned ? weight.shape().reversed() : weight.shape();
        long rows = shape.getFirst();
        // llama.cpp keeps position embeddings wide: it adds them, and multiplies with nothing.
        GgufType written = matrix && !name.gguf().startsWith("position_embd") ? format(shape) : GgufType.F32;
        return new GgufWriter.Source(name.gguf(), shape, written, (first, count, target) -> {
            Tensor tensor = current.of(name.gguf(), () -> {
                Tensor values = weight.values().get().detach();
                return turned ? values.t() : values;
            });
            if (!matrix) {
                vector(name.layout(), tensor, target);
                return;
            }
            int[] asked = LongStream.range(first, first + count)
                    .mapToInt(row -> (int) name.layout().inModel(row, rows, heads))
                    .toArray();
            Memory.run(() -> {
                Tensor part = isRange(asked)
                        ? tensor.narrow(0, asked[0], count)
                        : tensor.index_select(0, Tensors.indices(asked, tensor));
                float[] numbers = Tensors.toFloats(part.contiguous().view(-1));
                System.arraycopy(numbers, 0, target, 0, numbers.length);
            });
        });
    }

    private void vector(Layout layout, Tensor tensor, float[] target) {
        float[] numbers = Memory.compute(() -> Tensors.toFloats(tensor));
        for (int i = 0; i < numbers.length; i++) {
            float number = numbers[(int) layout.inModel(i, numbers.length, heads)];
            target[i] = layout == Layout.PLUS_ONE ? number + 1 : number;
        }
    }

    private static boolean isRange(int[] rows) {
        for (int i = 1; i < rows.length; i++) {
            if (rows[i] != rows[i - 1] + 1) {
                return false;
            }
        }
        return true;
    }

    private GgufType format(List<Long> shape) {
        return shape.getLast() % type.blockNumbers() == 0 ? type : GgufType.F16;
    }
}
