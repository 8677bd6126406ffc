package org.betatron.torch.error;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.parallel.Lanes;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Errors of libtorch itself, as a user reads them.
class NativeErrorsTest {

    @BeforeAll
    static void loadLibraries() {
        NativeLibraries.load();
    }

    @Test
    void missingMemorySaysHowMuchAndWhatTakesLess() {
        refused(() -> Tensors.empty(ScalarType.Float, ComputeDevice.DEFAULT, 1L << 50))
                .withMessage(
                        "adding failed in libtorch: no memory for another 4,294,967,296 MiB;"
                                + " compute.recompute=full, a smaller train.microBatchTokens or compute.weights=bf16 take less");
    }

    @Test
    void missingInstructionsNameTheFormatThatNeedsNone() {
        refused(() -> torch.linalg_cholesky(
                        HostTensors.floats(new float[] {1}).view(1, 1).to(ScalarType.BFloat16)))
                .withMessage("adding failed in libtorch: \"cholesky_cpu\" not implemented for 'BFloat16';"
                        + " compute.precision=fp32 with compute.weights=fp32 works on every processor");
    }

    @Test
    void shapesThatDoNotFitAreNamed() {
        refused(NativeErrorsTest::unfit)
                .withMessage(
                        "adding failed in libtorch: The size of tensor a (2) must match the size of tensor b (3) at"
                                + " non-singleton dimension 0");
    }

    @Test
    void thoseOfOtherThreadsAreTheSame() {
        refused(() -> {
                    Lanes.of(2).run(2, part -> Memory.run(NativeErrorsTest::unfit));
                    return HostTensors.floats(new float[] {1});
                })
                .withMessageStartingWith("adding failed in libtorch: The size of tensor a (2) must match");
    }

    @Test
    void othersArePassedOn() {
        for (Exception other : List.of(new IllegalStateException("a"), new ModelException("b"), new IOException("c"))) {
            assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> NativeErrors.run(() -> "adding", () -> {
                        throw other;
                    }))
                    .isSameAs(other);
        }
    }

    private static Tensor unfit() {
        return HostTensors.floats(new float[2]).add(HostTensors.floats(new float[3]));
    }

    private static ThrowableAssertAlternative<ModelException> refused(Supplier<Tensor> work) {
        return assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> NativeErrors.run(
                        () -> "adding", () -> Memory.keep("sum", work).close()))
                .withCauseExactlyInstanceOf(RuntimeException.class);
    }
}
