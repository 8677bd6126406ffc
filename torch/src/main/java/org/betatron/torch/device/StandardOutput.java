package org.betatron.torch.device;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;

/// The standard output of the process, below Java's.
final class StandardOutput {

    private static final int STANDARD_OUTPUT = 1;
    private static final int WRITE_ONLY = 1;

    private StandardOutput() {}

    /// Runs work whose native code writes there what nobody asked for. What other threads write
    /// meanwhile is lost, too.
    ///
    /// Does nothing where the C library has no `dup2`.
    static <T> T hushed(Supplier<T> work) {
        int kept = call("dup", STANDARD_OUTPUT);
        int nowhere = kept < 0 ? -1 : open("/dev/null");
        if (nowhere >= 0) {
            call("dup2", nowhere, STANDARD_OUTPUT);
        }
        try {
            return work.get();
        } finally {
            if (nowhere >= 0) {
                call("dup2", kept, STANDARD_OUTPUT);
                call("close", nowhere);
            }
            if (kept >= 0) {
                call("close", kept);
            }
        }
    }

    @SuppressWarnings("restricted") // calling the C library is the point
    private static int call(String function, int... arguments) {
        Linker linker = Linker.nativeLinker();
        ValueLayout[] layouts = new ValueLayout[arguments.length];
        java.util.Arrays.fill(layouts, ValueLayout.JAVA_INT);
        Object[] boxed = java.util.Arrays.stream(arguments).boxed().toArray();
        return linker.defaultLookup()
                .find(function)
                .map(address -> invoke(
                        linker.downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts)), boxed))
                .orElse(-1);
    }

    @SuppressWarnings("restricted")
    private static int open(String path) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            return linker.defaultLookup()
                    .find("open")
                    .map(address -> invoke(
                            linker.downcallHandle(
                                    address,
                                    FunctionDescriptor.of(
                                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT)),
                            arena.allocateFrom(path),
                            WRITE_ONLY))
                    .orElse(-1);
        }
    }

    private static int invoke(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            return -1;
        }
    }
}
