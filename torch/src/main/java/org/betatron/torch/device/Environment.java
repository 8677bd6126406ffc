package org.betatron.torch.device;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The process environment as native libraries see it, for settings that they read when they are loaded
/// and nowhere else.
final class Environment {

    private Environment() {}

    /// Sets a variable unless the user has set it. Java's own view, [System#getenv], stays as it was.
    ///
    /// Does nothing where the C library has no `setenv`.
    @SuppressWarnings("restricted") // calling the C library is the point; libtorch needs native access anyway
    static void setDefault(String name, String value) {
        if (System.getenv(name) != null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(address -> {
            // int setenv(const char *name, const char *value, int overwrite)
            MethodHandle setenv = linker.downcallHandle(
                    address,
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment nativeName = arena.allocateFrom(name);
                MemorySegment nativeValue = arena.allocateFrom(value);
                int error = (int) setenv.invokeExact(nativeName, nativeValue, 0);
                if (error != 0) {
                    throw new IllegalStateException("cannot set " + name + " in the process environment");
                }
            } catch (RuntimeException e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("cannot set " + name + " in the process environment", e);
            }
        });
    }
}
