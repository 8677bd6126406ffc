package org.betatron.torch.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.betatron.torch.error.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MKL ends the process where a layer's library is missing. Those that the dependency brings were
/// tried.
class NativeLibrariesTest {

    @ParameterizedTest
    @ValueSource(strings = {"GNU", "gnu", "INTEL", "Intel"})
    void layersThatAreThere(String layer) {
        NativeLibraries.requireThreadingLayer(layer);
    }

    @Test
    void noneAtAll() {
        NativeLibraries.requireThreadingLayer(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TBB", "SEQUENTIAL", "sequential", "", "GNU "})
    void layersThatAreNot(String layer) {
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> NativeLibraries.requireThreadingLayer(layer))
                .withMessage("MKL_THREADING_LAYER must be GNU or INTEL, which are the layers that come with MKL here,"
                        + " or not set, but was '" + layer + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "16", " 2 ", "4,2"})
    void numbersOfThreads(String threads) {
        NativeLibraries.requireThreads("OMP_NUM_THREADS", threads);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "two", "", "1.5", "99999999999"})
    void numbersOfThreadsThatAreNone(String threads) {
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> NativeLibraries.requireThreads("OMP_NUM_THREADS", threads))
                .withMessage(
                        "OMP_NUM_THREADS must be a number of threads from 1 on, or not set, but was '" + threads + "'");
    }

    @Test
    void namesOfClassesAreLeftOut() {
        String kept =
                "Exception java.lang.UnsatisfiedLinkError: no jnitorch in java.library.path: /lib [in thread \"a-1\"]";
        assertThat(NativeLibraries.plain(new ExceptionInInitializerError(kept)))
                .isEqualTo("no jnitorch in java.library.path: /lib");
        assertThat(NativeLibraries.plain(new UnsatisfiedLinkError("/c/libtorch.so: file too short")))
                .isEqualTo("/c/libtorch.so: file too short");
    }
}
