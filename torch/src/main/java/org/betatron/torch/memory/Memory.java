package org.betatron.torch.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.tensor.HostTensors;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// The shapes that native work takes: [#compute], whose tensors all end with it, [#keep], which hands some
/// over to an owner, and [#scoped], which hands one over to the work around it.
///
/// A new native object attaches to the innermost scope of the current thread and is freed when the
/// scope closes. Autograd keeps its own references, so a graph outlives the scope that built it as long
/// as its root is kept.
public final class Memory {

    private Memory() {}

    /// Runs work whose native objects are all freed when it ends.
    ///
    /// @param work returns Java values only: a native object in the result would be freed already
    /// @return what the work returned
    public static <T> T compute(Supplier<T> work) {
        try (PointerScope _ = new PointerScope()) {
            return work.get();
        }
    }

    /// Runs work without a result, as [#compute].
    public static void run(Runnable work) {
        compute(() -> {
            work.run();
            return 0;
        });
    }

    /// Runs work in a scope of its own and hands over the tensor that it returns.
    ///
    /// @param name what the tensor is, for messages
    /// @return the tensor, owned by the caller
    public static Owned keep(String name, Supplier<Tensor> work) {
        return keep(name, work, () -> {});
    }

    /// Runs work in a scope of its own and hands over the tensors that it returns.
    ///
    /// @param name what the tensors are, for messages
    /// @return the tensors in order, owned by the caller
    public static List<Owned> keepAll(String name, Supplier<List<Tensor>> work) {
        return compute(() -> {
            List<Owned> owned = new ArrayList<>();
            for (Tensor tensor : work.get()) {
                owned.add(own(name, tensor));
            }
            return owned;
        });
    }

    /// @param afterwards frees memory that the tensor lies in and does not own
    private static Owned keep(String name, Supplier<Tensor> work, Runnable afterwards) {
        return compute(() -> {
            Tensor tensor = work.get();
            tensor.retainReference();
            return new Owned(name, tensor, afterwards);
        });
    }

    /// Makes a tensor of zeros whose memory the system provides page by page, when something is first written
    /// there; what is only read takes none.
    ///
    /// @param name what it is, for messages
    /// @return the tensor, owned by the caller
    public static Owned keepZeros(String name, ScalarType type, long... shape) {
        long numbers = LongStream.of(shape).reduce(1, Math::multiplyExact);
        // The C library hands large zeros on as the system gives them; libtorch would write them.
        Pointer pages = Pointer.calloc(Math.max(1, numbers), torch.elementSize(type));
        if (pages == null || pages.isNull()) {
            throw new ModelException("no memory for the " + numbers + " numbers of '" + name + "'");
        }
        return keep(name, () -> HostTensors.at(pages, type, shape), () -> Pointer.free(pages));
    }

    /// Runs work in a scope of its own and hands the tensor that it returns to the scope around it.
    ///
    /// @param work a step of a longer computation, whose other tensors are not needed any more
    /// @return the tensor, in the current scope
    /// @throws IllegalStateException if there is no scope around it
    public static Tensor scoped(Supplier<Tensor> work) {
        PointerScope around = PointerScope.getInnerScope();
        if (around == null) {
            throw new IllegalStateException("a scoped step must be part of compute, run or keep");
        }
        try (PointerScope _ = new PointerScope()) {
            Tensor result = work.get();
            around.attach(result);
            return result;
        }
    }

    /// Runs work in a scope of its own and hands over the values that it returns.
    ///
    /// @param name what they are, for messages
    /// @return the values in order, owned by the caller
    public static OwnedValues keepValues(String name, Supplier<List<IValue>> work) {
        return compute(() -> {
            List<IValue> values = work.get();
            values.forEach(IValue::retainReference);
            return new OwnedValues(name, values);
        });
    }

    /// Runs work without recording a graph.
    public static <T> T withoutGradient(Supplier<T> work) {
        try (AutoGradMode _ = new AutoGradMode(false)) {
            return work.get();
        }
    }

    /// Runs work without a result, as [#withoutGradient].
    public static void runWithoutGradient(Runnable work) {
        withoutGradient(() -> {
            work.run();
            return 0;
        });
    }

    private static Owned own(String name, Tensor tensor) {
        tensor.retainReference();
        return new Owned(name, tensor, () -> {});
    }
}
