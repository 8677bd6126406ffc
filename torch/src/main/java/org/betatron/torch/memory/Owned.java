package org.betatron.torch.memory;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A tensor that outlives the scope that made it, until its owner closes it.
///
/// Not thread-safe.
public final class Owned implements AutoCloseable {

    private static final AtomicLong LIVE = new AtomicLong();

    private final String name;
    private @Nullable Tensor tensor;

    Owned(String name, Tensor tensor) {
        this.name = name;
        this.tensor = tensor;
        LIVE.incrementAndGet();
    }

    /// @return number of owned tensors of the process that are not closed
    public static long liveCount() {
        return LIVE.get();
    }

    public String name() {
        return name;
    }

    /// @return the tensor, lent: not to be closed
    /// @throws IllegalStateException if it was closed
    public Tensor tensor() {
        if (tensor == null) {
            throw new IllegalStateException("tensor '" + name + "' was used after it was closed");
        }
        return tensor;
    }

    @Override
    public void close() {
        if (tensor != null) {
            tensor.releaseReference();
            tensor = null;
            LIVE.decrementAndGet();
        }
    }
}
