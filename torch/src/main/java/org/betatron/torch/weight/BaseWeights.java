package org.betatron.torch.weight;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.betatron.torch.compute.BaseFormat;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.gguf.GgufWeights;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Products;

/// Keeps matrices that never train in the format that was asked for. Files that they stay in are open
/// as long as this.
final class BaseWeights implements AutoCloseable {

    private final BaseFormat format;
    private final ComputeSpec compute;
    private final Set<String> layerMatrices = new HashSet<>();
    private final Map<Path, GgufWeights> files = new HashMap<>();

    BaseWeights(Blueprint blueprint, ComputeSpec compute) {
        format = compute.base();
        this.compute = compute;
        blueprint.adapterTargets().forEach(part -> layerMatrices.add(part.weight()));
    }

    /// @param weight as it was read; consumed
    /// @return the weight in the format that it is to be kept in
    Weight kept(Weight weight, WeightSpec spec) {
        if (!layerMatrices.contains(spec.name())) {
            return weight;
        }
        KeptRows rows = switch (format) {
            case WEIGHTS, FILE -> null;
            case INT8 -> Int8Rows.of(weight.values());
            case NF4 -> spec.shape()[1] % Nf4Rows.BLOCK == 0 ? Nf4Rows.of(weight.values()) : null;
        };
        if (rows == null) {
            return weight;
        }
        Products products = weight.products();
        Memory.run(weight::close);
        return new KeptWeight(rows, products);
    }

    /// @param name in the file
    /// @return the weight where it lies, if it is to stay there
    /// @throws ModelException if it is to stay there, and the file has no blocks
    Optional<Weight> inFile(Path file, String name, WeightSpec spec) throws IOException {
        if (format != BaseFormat.FILE) {
            return Optional.empty();
        }
        if (!ModelDirectory.isGguf(file)) {
            throw new ModelException(
                    "compute.base=file keeps the blocks of a GGUF file, and " + file + " is none: use int8 or nf4");
        }
        if (!compute.device().equals(ComputeDevice.DEFAULT)) {
            throw new ModelException("compute.base=file is for the processor: use int8 or nf4 on a card");
        }
        if (spec.shape().length < 2 || spec.columns() || spec.inFloat32()) {
            return Optional.empty();
        }
        GgufWeights weights = files.get(file);
        if (weights == null) {
            weights = GgufWeights.open(file);
            files.put(file, weights);
        }
        GgufWeights open = weights;
        DataType precision = compute.precision();
        return Optional.of(new KeptWeight(
                FileRows.of(spec.shape(), (first, count, target) -> open.read(name, first, count, target)),
                new Products(precision)));
    }

    /// @return whether weights stay in that file
    boolean reads(Path file) {
        return files.containsKey(file);
    }

    @Override
    public void close() {
        files.values().forEach(GgufWeights::close);
        files.clear();
    }
}
