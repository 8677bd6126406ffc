package org.betatron.torch.files;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// A tensor that a file is to hold. It is made when its turn comes and is gone before the next one: a model may be
/// larger than memory in the form that files hold.
///
/// @param shape  known beforehand
/// @param values lends it, or makes it in the current scope
public record FileTensor(List<Long> shape, Supplier<Tensor> values) {

    public FileTensor {
        shape = List.copyOf(shape);
    }

    /// @param shape known beforehand
    public static FileTensor of(long[] shape, Supplier<Tensor> values) {
        return new FileTensor(LongStream.of(shape).boxed().toList(), values);
    }

    /// @param tensors by name; lent until they are written
    public static Map<String, FileTensor> lent(Map<String, Tensor> tensors) {
        Map<String, FileTensor> lent = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> lent.put(name, of(Tensors.shape(tensor), () -> tensor)));
        return lent;
    }

    /// @return how many numbers it has
    long count() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
