package org.betatron.torch.files;

import java.util.Map;
import java.util.Optional;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.bytedeco.pytorch.Tensor;

/// A file with weights by their Hugging Face names.
public interface WeightFile extends AutoCloseable {

    /// @return shape of every tensor, rows first, in file order
    Map<String, long[]> shapes();

    /// Copies a tensor's values, converting them to the target's type.
    ///
    /// @param name   a tensor of this file
    /// @param target contiguous tensor of its shape, on any device
    /// @throws org.betatron.torch.error.ModelException if there is none of that name, or it cannot
    ///     be read
    void copyInto(String name, Tensor target);

    /// @param name a tensor of this file
    /// @param type number format that is asked for
    /// @return the tensor as it lies in the file, mapped, owned by the caller; none where it has to
    ///     be converted
    Optional<Owned> map(String name, DataType type);

    /// @return whether [#map] gave a tensor
    boolean isMapped();

    /// @return whether two tensors have one shape and format, and the same bytes
    boolean holdsSame(String name, WeightFile other, String otherName);

    @Override
    void close();
}
