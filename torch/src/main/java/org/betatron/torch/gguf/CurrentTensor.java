package org.betatron.torch.gguf;

import java.util.function.Supplier;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// The one tensor that is being written: it is made when its first rows are asked for, and freed when the next one is.
final class CurrentTensor implements AutoCloseable {

    private String name = "";
    private @Nullable Owned made;

    /// @param name   no two tensors have the same
    /// @param values makes it
    /// @return the tensor, lent until another one is asked for
    Tensor of(String name, Supplier<Tensor> values) {
        Owned current = made;
        if (current == null || !this.name.equals(name)) {
            close();
            current = Memory.keep(name, values);
            made = current;
            this.name = name;
        }
        return current.tensor();
    }

    @Override
    public void close() {
        if (made != null) {
            made.close();
            made = null;
        }
    }
}
