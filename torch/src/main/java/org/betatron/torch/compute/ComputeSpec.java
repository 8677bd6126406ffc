package org.betatron.torch.compute;

import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.device.Processor;
import org.betatron.torch.tensor.DataType;

/// How a model computes: where, in which number format, and what it trades between time and memory.
/// All but device and formats leaves results as they are, up to rounding.
///
/// @param device          where it lies and computes
/// @param precision       number format of matrix products, FP32 or BF16; on a processor without
///     fast products in BF16, products are FP32, see [#possible]
/// @param weights         number format that matrices of the model are kept in, FP32 or BF16; BF16
///     takes half their memory, and updates are rounded at random, right on average. For products
///     in FP32 they are widened piece by piece. Vectors and what is computed with in float32, a
///     score, stay float32
/// @param keptLogitsMiB   memory for log-probs of the whole vocabulary that forward passes keep for
///     their backward passes, MiB, all open passes together, ≥ 0; what does not fit is computed
///     again. 0 computes all of them again
/// @param shortLastLayer  whether the last layer leaves out what no predicted token depends on:
///     after attention it goes on with rows that predict only
/// @param recompute       what a backward pass computes again instead of keeping it
/// @param moments         number format of the optimizer's moments, FP32 or BF16; BF16 takes half
///     their memory, and rounds them at random, right on average
/// @param lanes           parts of a batch that are computed side by side, ≥ 0: each has its share
///     of the threads. 1 gives every operator all threads; 0 chooses, see
///     [org.betatron.torch.parallel.Lanes]. On a graphics card there is one
/// @param packed          whether decoding lays out the weights once more for products with few
///     rows, where the processor can: faster, and takes as much memory as the weights
/// @param base            what matrices are kept in that never train
public record ComputeSpec(
        ComputeDevice device,
        DataType precision,
        DataType weights,
        int keptLogitsMiB,
        boolean shortLastLayer,
        Recompute recompute,
        DataType moments,
        int lanes,
        boolean packed,
        BaseFormat base) {

    /// Float32 on the processor, fast. 256 MiB hold 1,300 rows of a vocabulary of 50,304; ours.
    public static final ComputeSpec DEFAULT = new ComputeSpec(
            ComputeDevice.DEFAULT,
            DataType.FP32,
            DataType.FP32,
            256,
            true,
            Recompute.SELECTIVE,
            DataType.FP32,
            0,
            true,
            BaseFormat.WEIGHTS);

    /// Float32 without any of what makes it fast or small, which all of that is compared with.
    public static final ComputeSpec PLAIN = new ComputeSpec(
            ComputeDevice.DEFAULT,
            DataType.FP32,
            DataType.FP32,
            0,
            false,
            Recompute.NONE,
            DataType.FP32,
            1,
            false,
            BaseFormat.WEIGHTS);

    public ComputeSpec {
        if (precision == DataType.FP16) {
            throw new IllegalArgumentException(
                    "precision must be fp32 or bf16 but was fp16, whose range is too small without loss scaling");
        }
        if (weights == DataType.FP16) {
            throw new IllegalArgumentException(
                    "weights must be fp32 or bf16 but was fp16, whose range is too small for training");
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
        return new ComputeSpec(
                device, other, weights, keptLogitsMiB, shortLastLayer, recompute, moments, lanes, packed, base);
    }

    /// @return the same with another `weights`
    public ComputeSpec withWeights(DataType other) {
        return new ComputeSpec(
                device, precision, other, keptLogitsMiB, shortLastLayer, recompute, moments, lanes, packed, base);
    }

    /// @return the same with another `keptLogitsMiB`
    public ComputeSpec withKeptLogitsMiB(int other) {
        return new ComputeSpec(
                device, precision, weights, other, shortLastLayer, recompute, moments, lanes, packed, base);
    }

    /// @return the same with another `shortLastLayer`
    public ComputeSpec withShortLastLayer(boolean other) {
        return new ComputeSpec(
                device, precision, weights, keptLogitsMiB, other, recompute, moments, lanes, packed, base);
    }

    /// @return the same with another `recompute`
    public ComputeSpec withRecompute(Recompute other) {
        return new ComputeSpec(
                device, precision, weights, keptLogitsMiB, shortLastLayer, other, moments, lanes, packed, base);
    }

    /// @return the same with another `moments`
    public ComputeSpec withMoments(DataType other) {
        return new ComputeSpec(
                device, precision, weights, keptLogitsMiB, shortLastLayer, recompute, other, lanes, packed, base);
    }

    /// @return the same with another `lanes`
    public ComputeSpec withLanes(int other) {
        return new ComputeSpec(
                device, precision, weights, keptLogitsMiB, shortLastLayer, recompute, moments, other, packed, base);
    }

    /// @return the same on another device
    public ComputeSpec on(ComputeDevice other) {
        return new ComputeSpec(
                other, precision, weights, keptLogitsMiB, shortLastLayer, recompute, moments, lanes, packed, base);
    }

    /// @return the same with another `packed`
    public ComputeSpec withPacked(boolean other) {
        return new ComputeSpec(
                device, precision, weights, keptLogitsMiB, shortLastLayer, recompute, moments, lanes, other, base);
    }

    /// @return the same with another `base`
    public ComputeSpec withBase(BaseFormat other) {
        return new ComputeSpec(
                device, precision, weights, keptLogitsMiB, shortLastLayer, recompute, moments, lanes, packed, other);
    }

    /// What of this can be carried out well. Without fast products in bf16 they are made in
    /// float32, of inputs that are not rounded: nothing is slower than float32, or less exact. A
    /// graph keeps what it multiplied with, so where matrices are widened, no graph of more than
    /// one layer may exist.
    ///
    /// @param processor of this machine
    /// @return what is computed with
    public ComputeSpec possible(Processor processor) {
        ComputeSpec spec = lacksFastProducts(processor) ? withPrecision(DataType.FP32) : this;
        boolean widens =
                (spec.weights == DataType.BF16 && spec.precision == DataType.FP32) || base != BaseFormat.WEIGHTS;
        return widens && recompute == Recompute.SELECTIVE ? spec.withRecompute(Recompute.FULL) : spec;
    }

    /// @param processor of this machine
    /// @return whether bf16 products are asked for that it has no instructions for
    public boolean lacksFastProducts(Processor processor) {
        return precision == DataType.BF16 && device.equals(ComputeDevice.DEFAULT) && !processor.multipliesBf16();
    }
}
