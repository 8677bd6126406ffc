package org.betatron.torch.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufTensor;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.WeightFile;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.bytedeco.pytorch.Tensor;

/// The weights of a GGUF file by their Hugging Face names, in the layout of Hugging Face files.
public final class GgufWeights implements WeightFile {

    /// Numbers that are widened at once.
    private static final int CHUNK = 1 << 20;

    private final GgufFile file;
    private final Layout.Heads heads;
    private final Map<String, Placed> tensors = new LinkedHashMap<>();

    private record Placed(GgufTensor tensor, Layout layout) {}

    private GgufWeights(GgufFile file) {
        this.file = file;
        GgufShape shape = GgufShape.of(file);
        heads = shape.heads();
        Map<String, GgufFamily.Name> names = shape.family().names(shape.numLayers());
        for (GgufTensor tensor : file.tensors().values()) {
            if (GgufConfig.settings().contains(tensor.name())) {
                continue; // They are in the configuration.
            }
            GgufFamily.Name name = names.get(tensor.name());
            if (name == null) {
                throw new GgufException(
                        file.path() + ": tensor '" + tensor.name() + "' does not belong to a model of the family "
                                + shape.family().architecture());
            }
            requireWholeHeads(tensor, name.layout());
            tensors.put(name.model(), new Placed(tensor, name.layout()));
        }
    }

    /// @return the file, to be closed by the caller
    /// @throws IOException    if it cannot be read
    /// @throws ModelException if it is no whole GGUF file of a known family
    public static GgufWeights open(Path path) throws IOException {
        GgufFile file = null;
        try {
            file = GgufFile.open(path);
            return new GgufWeights(file);
        } catch (GgufException e) {
            if (file != null) {
                file.close();
            }
            throw new ModelException(String.valueOf(e.getMessage()), e);
        }
    }

    private void requireWholeHeads(GgufTensor tensor, Layout layout) {
        long rows = tensor.shape().getFirst();
        long parts = switch (layout) {
            case SAME, TRANSPOSED, PLUS_ONE -> 1;
            case PAIRED_QUERY -> 2L * heads.query();
            case PAIRED_KEY -> 2L * heads.keyValue();
            case QUERY_KEY_VALUE -> 3L * heads.query();
        };
        if (rows % parts != 0) {
            throw new GgufException(file.path() + ": tensor '" + tensor.name() + "' must have a multiple of " + parts
                    + " rows, for the heads of attention, but has " + rows);
        }
    }

    @Override
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        tensors.forEach((name, placed) -> shapes.put(name, shape(placed)));
        return shapes;
    }

    private static long[] shape(Placed placed) {
        long[] shape = placed.tensor.shape().stream().mapToLong(Long::longValue).toArray();
        return placed.layout == Layout.TRANSPOSED && shape.length == 2 ? new long[] {shape[1], shape[0]} : shape;
    }

    @Override
    public void copyInto(String name, Tensor target) {
        Placed placed = tensors.get(name);
        if (placed == null) {
            throw new ModelException(file.path() + " has no tensor '" + name + "'");
        }
        boolean turned =
                placed.layout == Layout.TRANSPOSED && placed.tensor.shape().size() == 2;
        Memory.run(() -> copyRows(placed, turned ? target.t() : target));
    }

    /// Widens rows of a matrix; may be called by several threads.
    ///
    /// @param name   of a matrix whose rows are not turned
    /// @param first  number of a row
    /// @param count  how many
    /// @param target `count * width` numbers
    public void read(String name, long first, int count, float[] target) {
        fill(Objects.requireNonNull(tensors.get(name), name), first, count, target);
    }

    private void copyRows(Placed placed, Tensor target) {
        GgufTensor tensor = placed.tensor;
        int width = Math.toIntExact(tensor.width());
        long rows = tensor.count() / Math.max(1, width);
        int atOnce = (int) Math.clamp(CHUNK / Math.max(1, width), 1, Math.max(1, rows));
        float[] numbers = new float[Math.multiplyExact(atOnce, width)];
        Tensor matrix = target.dim() == 1 ? target.unsqueeze(0) : target;
        for (long from = 0; from < rows; from += atOnce) {
            int count = (int) Math.min(atOnce, rows - from);
            fill(placed, from, count, numbers);
            int used = count * width;
            float[] part = used == numbers.length ? numbers : java.util.Arrays.copyOf(numbers, used);
            long first = from;
            Memory.run(() -> matrix.narrow(0, first, count)
                    .copy_(HostTensors.floats(part).view(count, width)));
        }
    }

    /// Rows of the Hugging Face weight, gathered from where they lie in the file.
    private void fill(Placed placed, long from, int count, float[] numbers) {
        GgufTensor tensor = placed.tensor;
        int width = (int) tensor.width();
        boolean row = tensor.shape().size() == 1;
        switch (placed.layout) {
            case SAME, TRANSPOSED -> file.widen(tensor, from, count, numbers);
            case PLUS_ONE -> {
                file.widen(tensor, from, count, numbers);
                for (int i = 0; i < count * width; i++) {
                    numbers[i] -= 1;
                }
            }
            case PAIRED_QUERY, PAIRED_KEY, QUERY_KEY_VALUE -> {
                if (row) {
                    float[] there = new float[width];
                    file.widen(tensor, 0, 1, there);
                    for (int i = 0; i < width; i++) {
                        numbers[i] = there[(int) placed.layout.inGguf(i, width, heads)];
                    }
                    return;
                }
                float[] one = new float[width];
                for (int i = 0; i < count; i++) {
                    long there = placed.layout.inGguf(from + i, tensor.shape().getFirst(), heads);
                    file.widen(tensor, there, 1, one);
                    System.arraycopy(one, 0, numbers, i * width, width);
                }
            }
        }
    }

    @Override
    public Optional<Owned> map(String name, DataType type) {
        return Optional.empty();
    }

    @Override
    public boolean isMapped() {
        return false;
    }

    /// A file of llama.cpp has no second copy of a tied embedding: a head in it is one of its own.
    @Override
    public boolean holdsSame(String name, WeightFile other, String otherName) {
        return false;
    }

    @Override
    public void close() {
        file.close();
    }
}
