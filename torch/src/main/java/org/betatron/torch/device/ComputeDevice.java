package org.betatron.torch.device;

import java.io.Serializable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.betatron.torch.error.ModelException;
import org.bytedeco.pytorch.Device;

/// Where a model lies and computes. Written `cpu`, `cuda` or `cuda:N`; `cuda` is `cuda:0`.
///
/// Only what loads or makes weights asks for it: everything else makes its tensors beside these.
///
/// @param kind  processor or graphics card
/// @param index number of the card, from 0; 0 for the processor
public record ComputeDevice(Kind kind, int index) implements Serializable {

    /// What computes.
    public enum Kind {
        CPU,
        CUDA
    }

    /// The processor, which is there.
    public static final ComputeDevice DEFAULT = new ComputeDevice(Kind.CPU, 0);

    private static final int MOST_CARDS = 128; // libtorch numbers devices in a signed byte
    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    public ComputeDevice {
        if (index < 0 || index >= (kind == Kind.CPU ? 1 : MOST_CARDS)) {
            throw new IllegalArgumentException("a " + kind + " device must have an index in [0, "
                    + (kind == Kind.CPU ? 1 : MOST_CARDS) + ") but had " + index);
        }
    }

    /// @param text `cpu`, `cuda` or `cuda:N`
    /// @throws IllegalArgumentException if it is anything else
    public static ComputeDevice parse(String text) {
        if (text.equals(DEFAULT.toString())) {
            return DEFAULT;
        }
        Matcher cuda = CUDA.matcher(text);
        int index = !cuda.matches() ? -1 : cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
        if (index < 0 || index >= MOST_CARDS) {
            throw new IllegalArgumentException("must be cpu, cuda or cuda:N but was '" + text + "'");
        }
        return new ComputeDevice(Kind.CUDA, index);
    }

    /// Looks whether it can be used here. Loads libtorch unless it is the processor.
    ///
    /// @return what is missing and what to do, for a message behind the name of the setting
    public Optional<String> problem() {
        if (kind == Kind.CPU) {
            return Optional.empty();
        }
        if (!CudaBuild.isPresent()) {
            return Optional.of("must be cpu but was " + this
                    + ": this is the build for the processor; BETATRON_CUDA=1 makes the one for graphics cards");
        }
        if (!CudaBuild.isLoaded()) {
            return Optional.of("must be cpu but was " + this + ": the libraries of CUDA 13, cuDNN 9 and NCCL 2 were not"
                    + " found; LD_LIBRARY_PATH must say where they are");
        }
        int cards = CudaBuild.numDevices();
        if (cards == 0) {
            return Optional.of("must be cpu but was " + this
                    + ": libtorch finds no graphics card; nvidia-smi must list one, with a driver for CUDA 13");
        }
        return index < cards
                ? Optional.empty()
                : Optional.of("must be one of the graphics cards that are there, "
                        + (cards == 1 ? "cuda:0" : "cuda:0 to cuda:" + (cards - 1)) + ", but was " + this);
    }

    /// @throws ModelException if it cannot be used here
    public void require() {
        problem().ifPresent(problem -> {
            throw new ModelException("device " + problem);
        });
    }

    /// @return libtorch's name for it, in the current scope
    public Device toLibtorch() {
        return new Device(kind == Kind.CPU ? "cpu" : "cuda:" + index);
    }

    /// @return as it is written
    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : index == 0 ? "cuda" : "cuda:" + index;
    }
}
