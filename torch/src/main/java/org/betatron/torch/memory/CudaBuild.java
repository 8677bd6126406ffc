package org.betatron.torch.memory;

import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/// What this build of libtorch, and this machine, have of CUDA.
public final class CudaBuild {

    private CudaBuild() {}

    /// @return whether libtorch was built with CUDA
    public static boolean isPresent() {
        NativeLibraries.load();
        return Context.hasCUDART();
    }

    /// @return graphics cards that libtorch can use; 0 without a driver
    public static int numDevices() {
        NativeLibraries.load();
        return Math.toIntExact(torch.cuda_device_count());
    }
}
