package org.betatron.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.weight.DenseWeight;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// A second device that every build of libtorch has: `lazy`, which writes operators down and computes them on the
/// processor when a number is read. Its tensors are no tensors of the processor: most operators refuse both
/// together, as CUDA does.
final class SecondDevice {

    private static final String START = "_ZN5torch4lazy22InitTorchScriptBackendEv"; // torch::lazy::, no arguments

    private static boolean started;

    private SecondDevice() {}

    /// Starts the device; cheap after the first call.
    @SuppressWarnings("restricted") // a C++ function without a Java method
    static synchronized void start() {
        NativeLibraries.load();
        if (started) {
            return;
        }
        String library = Loader.getLoadedLibraries().values().stream()
                .filter(path -> path.contains("torch_cpu"))
                .findFirst()
                .orElseThrow();
        try {
            Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.libraryLookup(library, Arena.global())
                                    .find(START)
                                    .orElseThrow(),
                            FunctionDescriptor.ofVoid())
                    .invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("the device 'lazy' of libtorch cannot be started", e);
        }
        // Every graph is run once or twice: looking at it longer costs more than it saves.
        torch.getProfilingMode().put(false);
        torch.getExecutorMode().put(false);
        torch.setGraphExecutorOptimize(false);
        started = true;
    }

    /// @return leaves with the same values on the second device, owned by the caller
    static Parameters copied(Parameters weights) {
        Parameters copied = new Parameters();
        weights.values()
                .forEach((name, weight) -> copied.add(
                        name,
                        new DenseWeight(
                                Memory.keep(name, () -> copied(weight)),
                                weights.get(name).products())));
        return copied;
    }

    private static Tensor copied(Tensor weight) {
        return weight.detach().to(new Device("lazy:0"), weight.scalar_type()).requires_grad_(true);
    }
}
