package org.betatron.torch.tensor;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.device.ComputeDevice;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Small steps between Java arrays and tensors. All results belong to the current scope.
///
/// A new tensor lies beside another one, a weight or what it is computed with: on the same device. So
/// only the maker of the weights chooses a device, and nobody else has to know it.
public final class Tensors {

    private Tensors() {}

    /// @param beside a tensor of the wanted device
    /// @return int64 tensor `[n]` of indices
    public static Tensor indices(int[] values, Tensor beside) {
        return moved(HostTensors.indices(values), beside);
    }

    /// @param beside a tensor of the wanted device
    /// @return int32 tensor `[n]`
    public static Tensor ints(int[] values, Tensor beside) {
        return moved(HostTensors.ints(values), beside);
    }

    /// @param beside a tensor of the wanted device
    /// @return float32 tensor `[n]`
    public static Tensor floats(float[] values, Tensor beside) {
        return moved(HostTensors.floats(values), beside);
    }

    /// @param values 0 or 1 each, as many as the shape has
    /// @param beside a tensor of the wanted device
    /// @return bool tensor
    public static Tensor flags(byte[] values, Tensor beside, long... shape) {
        return moved(HostTensors.flags(values, shape), beside);
    }

    /// @param beside a tensor of the wanted device
    /// @return uninitialised tensor
    public static Tensor empty(ScalarType type, Tensor beside, long... shape) {
        return empty(type, beside.device(), shape);
    }

    /// @return uninitialised tensor
    public static Tensor empty(ScalarType type, ComputeDevice device, long... shape) {
        return empty(type, device.toLibtorch(), shape);
    }

    private static Tensor empty(ScalarType type, Device device, long... shape) {
        return torch.empty(
                shape, new TensorOptions(type).device(new DeviceOptional(device)), new MemoryFormatOptional());
    }

    /// @param beside a tensor of the wanted device
    /// @return tensor of zeros
    public static Tensor zeros(ScalarType type, Tensor beside, long... shape) {
        return empty(type, beside, shape).zero_();
    }

    /// @param host   a tensor in the processor's memory
    /// @param beside a tensor of the wanted device
    /// @return the tensor on that device, itself if it is there already
    public static Tensor moved(Tensor host, Tensor beside) {
        return beside.is_cpu() ? host : host.to(beside.device(), host.scalar_type());
    }

    /// @param host a tensor in the processor's memory
    /// @return the tensor on that device, itself if it is there already
    public static Tensor moved(Tensor host, ComputeDevice device) {
        return host.to(device.toLibtorch(), host.scalar_type());
    }

    /// @return the tensor's values as float32 in row-major order; a copy
    public static float[] toFloats(Tensor tensor) {
        Tensor host = HostTensors.copied(tensor, ScalarType.Float);
        float[] values = new float[Math.toIntExact(host.numel())];
        if (values.length > 0) { // an empty tensor has no address
            new FloatPointer(host.data_ptr()).get(values);
        }
        return values;
    }

    /// @return the tensor's whole numbers in row-major order; a copy
    public static long[] toLongs(Tensor tensor) {
        Tensor host = HostTensors.copied(tensor, ScalarType.Long);
        long[] values = new long[Math.toIntExact(host.numel())];
        if (values.length > 0) {
            new LongPointer(host.data_ptr()).get(values);
        }
        return values;
    }

    /// @param tensor `[rows, n]`
    /// @param count  how many rows to read, from the first
    /// @return the rows' values as float32, `[count][n]`; a copy
    public static float[][] toRows(Tensor tensor, int count) {
        Tensor host = HostTensors.copied(tensor.narrow(0, 0, count), ScalarType.Float);
        int width = Math.toIntExact(host.size(1));
        FloatPointer values = new FloatPointer(host.data_ptr());
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

    /// Cuts a tensor. Its gradient is put together once, where a view of each part would make a gradient of the
    /// whole tensor for each.
    ///
    /// @param sizes of the parts, which make up the whole
    /// @return the parts, views
    public static List<Tensor> split(Tensor tensor, int dim, long... sizes) {
        List<Tensor> parts = new ArrayList<>(sizes.length);
        // libtorch's device `lazy`, on which tests look for tensors of the wrong device, gives parts back that
        // lie in the processor's memory and say that they do not (2.10). It has no speed to lose.
        TensorVector cut = tensor.is_lazy() ? null : tensor.split_with_sizes(sizes, dim);
        long start = 0;
        for (int i = 0; i < sizes.length; i++) {
            parts.add(cut == null ? tensor.narrow(dim, start, sizes[i]) : cut.get(i));
            start += sizes[i];
        }
        return parts;
    }

    public static Tensor cat(int dim, Tensor... tensors) {
        return torch.cat(new TensorVector(tensors), dim);
    }

    /// @return the tensor's number format, to be compared with constants: what libtorch's own method returns is equal
    ///     to none of them
    public static ScalarType typeOf(Tensor tensor) {
        return tensor.scalar_type().intern();
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
