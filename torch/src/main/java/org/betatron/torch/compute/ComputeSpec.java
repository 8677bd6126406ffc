package org.betatron.torch.compute;

import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.tensor.DataType;

/// How a model computes: where, in which number format, and what it trades between time and memory. All but
/// device and formats leaves results as they are, up to rounding.
///
/// @param device          where it lies and computes
/// @param precision       number format of matrix products, FP32 or BF16
/// @param weights         number format that matrices of the model are kept in, FP32 or BF16; BF16 takes half their
///     memory, needs products in BF16, and updates are rounded at random, right on average. Vectors and what
///     is computed with in float32, a score, stay float32
/// @param keptLogitsMiB   memory for log-probs of the whole vocabulary that forward passes keep for
///     their backward passes, MiB, all open passes together, ≥ 0; what does not fit is computed again.
///     0 computes all of them again
/// @param shortLastLayer  whether the last layer leaves out what no predicted token depends on: after
///     attention it goes on with rows that predict only
/// @param recompute       what a backward pass computes again instead of keeping it
/// @param moments         number format of the optimizer's moments, FP32 or BF16; BF16 takes half their
///     memory, and rounds them at random, right on average
/// @param lanes           parts of a batch that are computed side by side, ≥ 0: each has its share of the
///     threads. 1 gives every operator all threads; 0 chooses, see
///     [org.betatron.torch.parallel.Lanes]. On a graphics card there is one
public record ComputeSpec(
        ComputeDevice device,
        DataType precision,
        DataType weights,
        int keptLogitsMiB,
        boolean shortLastLayer,
        Recompute recompute,
        DataType moments,
        int lanes) {

    /// Float32 on the processor, fast. 256 MiB hold 1,300 rows of a vocabulary of 50,304; ours.
    public static final ComputeSpec DEFAULT = new ComputeSpec(
            ComputeDevice.DEFAULT, DataType.FP32, DataType.FP32, 256, true, Recompute.SELECTIVE, DataType.FP32, 0);

    /// Float32 without any of what makes it fast or small, which all of that is compared with.
    public static final ComputeSpec PLAIN = new ComputeSpec(
            ComputeDevice.DEFAULT, DataType.FP32, DataType.FP32, 0, false, Recompute.NONE, DataType.FP32, 1);

    public ComputeSpec {
        if (precision == DataType.FP16) {
            throw new IllegalArgumentException(
                    "precision must be fp32 or bf16 but was fp16, whose range is too small without loss scaling");
        }
        if (weights == DataType.FP16) {
            throw new IllegalArgumentException(
                    "weights must be fp32 or bf16 but was fp16, whose range is too small for training");
        }
        if (weights == DataType.BF16 && precision != DataType.BF16) {
            throw new IllegalArgumentException(
                    "weights must be fp32 where precision is fp32 but was bf16; set precision to bf16, too");
        }
        if (moments == DataType.FP16) {
            throw new IllegalArgumentException(
                    "moments must be fp32 or bf16 but was fp16, whose range is too small for squared gradients");
        }
        if (keptLogitsMiB < 0) {
            throw new IllegalArgumentException("keptLogitsMiB must be at least 0 but was " + keptLogitsMiB);
        }
        if (lanes < 0) {
            throw new IllegalArgumentException("lanes must be at least 0 but was " + lanes);
        }
    }

    /// @return the same with another `precision`
    public ComputeSpec withPrecision(DataType other) {
        return new ComputeSpec(device, other, weights, keptLogitsMiB, shortLastLayer, recompute, moments, lanes);
    }

    /// @return the same with another `weights`
    public ComputeSpec withWeights(DataType other) {
        return new ComputeSpec(device, precision, other, keptLogitsMiB, shortLastLayer, recompute, moments, lanes);
    }

    /// @return the same with another `keptLogitsMiB`
    public ComputeSpec withKeptLogitsMiB(int other) {
        return new ComputeSpec(device, precision, weights, other, shortLastLayer, recompute, moments, lanes);
    }

    /// @return the same with another `shortLastLayer`
    public ComputeSpec withShortLastLayer(boolean other) {
        return new ComputeSpec(device, precision, weights, keptLogitsMiB, other, recompute, moments, lanes);
    }

    /// @return the same with another `recompute`
    public ComputeSpec withRecompute(Recompute other) {
        return new ComputeSpec(device, precision, weights, keptLogitsMiB, shortLastLayer, other, moments, lanes);
    }

    /// @return the same with another `moments`
    public ComputeSpec withMoments(DataType other) {
        return new ComputeSpec(device, precision, weights, keptLogitsMiB, shortLastLayer, recompute, other, lanes);
    }

    /// @return the same with another `lanes`
    public ComputeSpec withLanes(int other) {
        return new ComputeSpec(device, precision, weights, keptLogitsMiB, shortLastLayer, recompute, moments, other);
    }

    /// @return the same on another device
    public ComputeSpec on(ComputeDevice other) {
        return new ComputeSpec(other, precision, weights, keptLogitsMiB, shortLastLayer, recompute, moments, lanes);
    }
}
