package org.betatron.runs.model;

import org.betatron.torch.device.NativeLibraries;

/// How many threads one operation of libtorch has, all lanes together, in the whole process.
public final class ComputeThreads {

    private ComputeThreads() {}

    /// @param threads at least 0; 0 for one per core
    public static void use(int threads) {
        use(threads, 1);
    }

    /// @param threads   at least 0; 0 for an equal share of the cores
    /// @param processes how many share the machine, ≥ 1
    public static void use(int threads, int processes) {
        NativeLibraries.setThreads(
                threads == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / processes) : threads);
    }
}
