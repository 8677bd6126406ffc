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
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ObjectNode;

/// Writes an adapter alone as a GGUF file, for a base in another one: the format of llama.cpp's
/// `convert_lora_to_gguf.py`.
public final class GgufAdapterExport {

    private GgufAdapterExport() {}

    /// The matrices beside one map.
    ///
    /// @param weight the map's weight, by its Hugging Face name
    /// @param down   A, `[r, in]`, lent
    /// @param up     B, `[out, r]`, lent
    /// @param scale  factor of their product
    public record LowRank(String weight, Tensor down, Tensor up, double scale) {

        /// llama.cpp multiplies by alpha over r, with one alpha for all maps.
        double alpha() {
            return scale * down.size(0);
        }
    }

    /// @param file   written whole, or left behind where writing fails
    /// @param config of the base, in the keys of transformers 5
    /// @param maps   at least one
    /// @param type   number format of the matrices, F32, F16 or BF16
    /// @throws IOException    if the file cannot be written
    /// @throws ModelException if llama.cpp does not know the family of the base, or has no place for a map
    public static void write(Path file, ObjectNode config, List<LowRank> maps, GgufType type) throws IOException {
        if (type == GgufType.Q8_0) {
            throw new ModelException("an adapter is written in f32, f16 or bf16, and not in q8_0");
        }
        GgufFamily family = GgufFamily.ofConfig(config);
        Layout.Heads heads = GgufExport.heads(family, config);
        Map<String, GgufFamily.Name> names = GgufExport.namesByModel(family, config);
        double alpha = maps.getFirst().alpha();
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("general.type", "adapter");
        metadata.put("general.architecture", family.architecture());
        metadata.put("adapter.type", "lora");
        metadata.put("adapter.lora.alpha", (float) alpha);
        List<GgufWriter.Source> sources = new ArrayList<>();
        for (LowRank map : maps) {
            GgufFamily.Name name = names.get(map.weight());
            if (name == null) {
                throw GgufExport.noPlace(map.weight(), family);
            }
            sources.add(source(name.gguf() + ".lora_a", map.down(), Layout.SAME, heads, 1, type));
            sources.add(source(name.gguf() + ".lora_b", map.up(), name.layout(), heads, map.alpha() / alpha, type));
        }
        GgufWriter.write(file, metadata, sources);
    }

    private static GgufWriter.Source source(
            String name, Tensor matrix, Layout layout, Layout.Heads heads, double factor, GgufType type) {
        long rows = matrix.size(0);
        long width = matrix.size(1);
        return new GgufWriter.Source(name, List.of(rows, width), type, (first, count, target) -> {
            int[] asked = LongStream.range(first, first + count)
                    .mapToInt(row -> (int) layout.inModel(row, rows, heads))
                    .toArray();
            float[] numbers = Memory.compute(() -> Tensors.toFloats(matrix.detach()
                    .index_select(0, Tensors.indices(asked, matrix))
                    .mul(Tensors.scalar(factor))));
            System.arraycopy(numbers, 0, target, 0, numbers.length);
        });
    }
}
