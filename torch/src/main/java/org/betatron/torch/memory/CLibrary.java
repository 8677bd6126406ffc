package org.betatron.torch.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Settings of the C library, for what native libraries read when they are loaded and nowhere else. What the user has
/// set in the environment stays. Does nothing where a function is missing.
final class CLibrary {

    private static final int M_ARENA_MAX = -8;

    private CLibrary() {}

    /// Sets a variable of the process environment. Java's own view, [System#getenv], stays as it was.
    static void setDefault(String name, String value) {
        if (System.getenv(name) != null) {
            return;
        }
        // int setenv(const char *name, const char *value, int overwrite)
        find("setenv", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT)
                .ifPresent(setenv -> {
                    try (Arena arena = Arena.ofConfined()) {
                        int error = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 0);
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

    /// Lets all threads that start from now on share the memory that one of them has freed. An arena of its own for
    /// each would keep what only the other threads could use: 0.25 GB more for pythia-70m on two lanes, at the same
    /// speed, since threads ask for few and large blocks.
    static void shareOneArena() {
        if (System.getenv("MALLOC_ARENA_MAX") != null) {
            return;
        }
        // int mallopt(int param, int value)
        find("mallopt", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT).ifPresent(mallopt -> {
            try {
                int _ = (int) mallopt.invokeExact(M_ARENA_MAX, 1); // another C library may not know it
            } catch (RuntimeException e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("cannot set the number of arenas", e);
            }
        });
    }

    @SuppressWarnings("restricted") // calling the C library is the point; libtorch needs native access anyway
    private static Optional<MethodHandle> find(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments)));
    }
}
