package org.betatron.runs.model;

import org.betatron.torch.device.NativeLibraries;

/// How many threads one operation of libtorch has, all lanes together, in the whole process.
public final class ComputeThreads {

    private ComputeThreads() {}

    /// @param threads at least 0; 0 for one per core
    public static void use(int threads) {
        NativeLibraries.setThreads(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    }
}
