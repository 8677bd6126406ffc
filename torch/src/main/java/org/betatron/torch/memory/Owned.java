package org.betatron.torch.memory;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A tensor that outlives the scope that made it, until its owner closes it.
///
/// With the system property `betatron.trackTensors=true` every owned tensor remembers where it was made:
/// [#liveTensors] then names the places that leak, and messages name the place that made the tensor.
/// Not thread-safe, but for the static methods.
public final class Owned implements AutoCloseable {

    /// System property that turns on the memory of allocation sites; read whenever a tensor is made.
    public static final String TRACK_PROPERTY = "betatron.trackTensors";

    private static final AtomicLong LIVE = new AtomicLong();
    private static final Set<Owned> TRACKED = ConcurrentHashMap.newKeySet();

    private final String name;
    private final @Nullable Throwable madeAt;
    private final Runnable afterwards;
    private @Nullable Tensor tensor;

    /// @param afterwards frees memory that the tensor lies in and does not own
    Owned(String name, Tensor tensor, Runnable afterwards) {
        this.name = name;
        this.tensor = tensor;
        this.afterwards = afterwards;
        LIVE.incrementAndGet();
        if (Boolean.getBoolean(TRACK_PROPERTY)) {
            madeAt = new Throwable("tensor '" + name + "' was made here");
            TRACKED.add(this);
        } else {
            madeAt = null;
        }
    }

    /// @return number of owned tensors of the process that are not closed
    public static long liveCount() {
        return LIVE.get();
    }

    /// @return one line per tensor that is not closed: its name and the place that made it, sorted; only
    ///     those made while [#TRACK_PROPERTY] was set
    public static List<String> liveTensors() {
        return TRACKED.stream().map(Owned::toString).sorted().toList();
    }

    public String name() {
        return name;
    }

    /// @return the tensor, lent: not to be closed
    /// @throws IllegalStateException if it was closed
    public Tensor tensor() {
        if (tensor == null) {
            throw new IllegalStateException("tensor " + this + " was used after it was closed", madeAt);
        }
        return tensor;
    }

    public boolean isOpen() {
        return tensor != null;
    }

    @Override
    public void close() {
        if (tensor != null) {
            tensor.releaseReference();
            tensor = null;
            afterwards.run();
            LIVE.decrementAndGet();
            TRACKED.remove(this);
        }
    }

    /// @return the name, and the place outside this package that made the tensor if it is known
    @Override
    public String toString() {
        if (madeAt == null) {
            return "'" + name + "'";
        }
        String here = Owned.class.getPackageName() + ".";
        return Arrays.stream(madeAt.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith(here))
                .findFirst()
                .map(frame -> "'" + name + "' made at " + frame)
                .orElse("'" + name + "'");
    }
}
