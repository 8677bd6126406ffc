package org.betatron.torch.parallel;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.betatron.torch.device.NativeLibraries;
import org.jspecify.annotations.Nullable;

/// How many threads MKL uses for products that the current thread asks for.
///
/// libtorch sets a number for the whole process; only MKL itself sets one for a thread.
final class MklThreads {

    private static final @Nullable MethodHandle SET_LOCAL = find();

    private MklThreads() {}

    /// @return whether MKL is what multiplies
    static boolean canBeSet() {
        return SET_LOCAL != null;
    }

    /// @param numThreads ≥ 1
    static void setOfThisThread(int numThreads) {
        MethodHandle set = SET_LOCAL;
        if (set == null) {
            return;
        }
        try {
            int _ = (int) set.invokeExact(numThreads);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("MKL_Set_Num_Threads_Local failed", e);
        }
    }

    @SuppressWarnings("restricted") // calling the library is the point; libtorch needs native access anyway
    private static @Nullable MethodHandle find() {
        NativeLibraries.load();
        // int MKL_Set_Num_Threads_Local(int nth)
        return SymbolLookup.loaderLookup()
                .find("MKL_Set_Num_Threads_Local")
                .map(address -> Linker.nativeLinker()
                        .downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)))
                .orElse(null);
    }
}
