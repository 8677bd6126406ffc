package org.betatron.torch.weight;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/// A matrix that is kept in another form than it is multiplied in.
interface KeptRows extends AutoCloseable {

    /// @return `[out, in]`
    long[] shape();

    /// @return what it is kept in, lent; at least one tensor, on the device of the model
    List<Tensor> tensors();

    /// @param first number of a row
    /// @param count how many
    /// @return these rows, `[count, in]`, float32 or bf16, in the current scope, without graph
    Tensor widened(long first, long count);

    @Override
    void close();
}
