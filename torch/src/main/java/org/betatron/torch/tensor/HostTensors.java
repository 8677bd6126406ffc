package org.betatron.torch.tensor;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Tensors in the processor's memory, whatever device models compute on: what files are read into
/// and
/// written from. What computes with a model makes its tensors beside the weights ([Tensors]).
///
/// All results belong to the current scope.
public final class HostTensors {

    private HostTensors() {}

    /// @return int64 tensor `[n]` of indices
    public static Tensor indices(int[] values) {
        long[] longs = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            longs[i] = values[i];
        }
        return Tensor.create(longs, longs.length);
    }

    /// @return int64 tensor `[n]`
    public static Tensor longs(long... values) {
        return Tensor.create(values, values.length);
    }

    /// @return int32 tensor `[n]`
    public static Tensor ints(int[] values) {
        return Tensor.create(values, values.length);
    }

    /// @return float32 tensor `[n]`
    public static Tensor floats(float[] values) {
        return Tensor.create(values, values.length);
    }

    /// @param values 0 or 1 each, as many as the shape has
    /// @return bool tensor
    public static Tensor flags(byte[] values, long... shape) {
        Tensor flags = empty(ScalarType.Bool, shape);
        if (values.length > 0) { // an empty tensor has no address
            new BytePointer(flags.data_ptr()).put(values);
        }
        return flags;
    }

    /// @return uninitialised tensor
    public static Tensor empty(ScalarType type, long... shape) {
        return torch.empty(shape, new TensorOptions(type), new MemoryFormatOptional());
    }

    /// @return tensor of zeros
    public static Tensor zeros(ScalarType type, long... shape) {
        return empty(type, shape).zero_();
    }

    /// @param address of numbers that stay where they are as long as the tensor
    /// @return tensor of these numbers, which owns nothing
    public static Tensor at(Pointer address, ScalarType type, long... shape) {
        return torch.from_blob(address, shape, new TensorOptions(type));
    }

    /// Brings a tensor's numbers where Java can read them: the only way out of a device.
    ///
    /// @return the values without gaps, without graph; the tensor itself if it is so already
    public static Tensor copied(Tensor tensor, ScalarType type) {
        return tensor.detach().to(new Device("cpu"), type).contiguous();
    }
}
