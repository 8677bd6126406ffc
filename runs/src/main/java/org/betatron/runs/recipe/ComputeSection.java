package org.betatron.runs.recipe;

import org.betatron.torch.compute.BaseFormat;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.tensor.DataType;

/// How the machine is used; see [ComputeSpec] for what is not explained here.
///
/// @param precision number format of matrix products; log-probs and losses stay fp32
/// @param threads   threads of one operation, all lanes together; 0 for one per core
/// @param saveAs    number format of the final model's files
public record ComputeSection(
        ComputeDevice device,
        DataType precision,
        DataType weights,
        BaseFormat base,
        int threads,
        DataType saveAs,
        int keptLogitsMiB,
        boolean shortLastLayer,
        Recompute recompute,
        DataType moments,
        int lanes) {

    public static final ComputeSection DEFAULT = new ComputeSection(
            ComputeSpec.DEFAULT.device(),
            ComputeSpec.DEFAULT.precision(),
            ComputeSpec.DEFAULT.weights(),
            ComputeSpec.DEFAULT.base(),
            0,
            DataType.FP32,
            ComputeSpec.DEFAULT.keptLogitsMiB(),
            ComputeSpec.DEFAULT.shortLastLayer(),
            ComputeSpec.DEFAULT.recompute(),
            ComputeSpec.DEFAULT.moments(),
            ComputeSpec.DEFAULT.lanes());

    public ComputeSection {
        // checks its settings
        model(device, precision, weights, base, keptLogitsMiB, shortLastLayer, recompute, moments, lanes);
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be at least 0 but was " + threads);
        }
    }

    /// @return the settings that concern a model
    public ComputeSpec model() {
        return model(device, precision, weights, base, keptLogitsMiB, shortLastLayer, recompute, moments, lanes);
    }

    private static ComputeSpec model(
            ComputeDevice device,
            DataType precision,
            DataType weights,
            BaseFormat base,
            int keptLogitsMiB,
            boolean shortLastLayer,
            Recompute recompute,
            DataType moments,
            int lanes) {
        return new ComputeSpec(
                device,
                precision,
                weights,
                keptLogitsMiB,
                shortLastLayer,
                recompute,
                moments,
                lanes,
                ComputeSpec.DEFAULT.packed(),
                base);
    }
}
