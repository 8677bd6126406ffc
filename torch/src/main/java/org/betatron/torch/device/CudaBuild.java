package org.betatron.torch.device;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/// What this build of libtorch, and this machine, have of CUDA.
public final class CudaBuild {

    private CudaBuild() {}

    /// @return whether this is the build of libtorch with CUDA
    public static boolean isPresent() {
        String libraries = "org/bytedeco/pytorch/" + Loader.getPlatform() + "-gpu/";
        return CudaBuild.class.getClassLoader().getResource(libraries + "libtorch_cuda.so") != null;
    }

    /// @return whether libtorch found the libraries of CUDA that it needs
    public static boolean isLoaded() {
        NativeLibraries.load();
        return Context.hasCUDART();
    }

    /// @return graphics cards that libtorch can use; 0 without a driver
    public static int numDevices() {
        NativeLibraries.load();
        return torch.cuda_device_count();
    }
}
