package org.betatron.torch;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Small steps between Java arrays and tensors. All results belong to the current scope.
public final class Tensors {

    private Tensors() {}

    /// @return int64 tensor `[n]` of indices
    public static Tensor indices(int[] values) {
        long[] longs = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            longs[i] = values[i];
        }
        return Tensor.create(longs, longs.length);
    }

    /// @return float32 tensor `[n]`
    public static Tensor floats(float[] values) {
        return Tensor.create(values, values.length);
    }

    /// @return uninitialised tensor
    public static Tensor empty(ScalarType type, long... shape) {
        return torch.empty(shape, new TensorOptions(type), new org.bytedeco.pytorch.MemoryFormatOptional());
    }

    /// @return tensor of zeros
    public static Tensor zeros(ScalarType type, long... shape) {
        return empty(type, shape).zero_();
    }

    /// @return the tensor's values as float32 in row-major order; a copy
    public static float[] toFloats(Tensor tensor) {
        Tensor contiguous =
                tensor.detach().to(new Device("cpu"), ScalarType.Float).contiguous();
        float[] values = new float[Math.toIntExact(contiguous.numel())];
        if (values.length > 0) { // an empty tensor has no address
            new FloatPointer(contiguous.data_ptr()).get(values);
        }
        return values;
    }

    /// @param tensor `[rows, n]`
    /// @param count  how many rows to read, from the first
    /// @return the rows' values as float32, `[count][n]`; a copy
    public static float[][] toRows(Tensor tensor, int count) {
        Tensor contiguous =
                tensor.detach().to(new Device("cpu"), ScalarType.Float).contiguous();
        int width = Math.toIntExact(contiguous.size(1));
        FloatPointer values = new FloatPointer(contiguous.data_ptr());
        float[][] rows = new float[count][width];
        for (int row = 0; row < count; row++) {
            values.position((long) row * width).get(rows[row]);
        }
        return rows;
    }

    /// @return shape as a Java array
    public static long[] shape(Tensor tensor) {
        long[] shape = new long[Math.toIntExact(tensor.dim())];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }

    public static Tensor cat(int dim, Tensor... tensors) {
        return torch.cat(new TensorVector(tensors), dim);
    }

    /// @return the tensor in float32, itself if it is so already
    public static Tensor toFloat(Tensor tensor) {
        return tensor.to(ScalarType.Float);
    }

    public static Scalar scalar(double value) {
        return new Scalar(value);
    }

    /// @return a type argument, present
    public static ScalarTypeOptional type(ScalarType type) {
        return new ScalarTypeOptional(type);
    }
}
