package org.betatron.torch.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.error.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeDeviceTest {

    @ParameterizedTest
    @CsvSource({"cpu, cpu", "cuda, cuda", "cuda:0, cuda", "cuda:7, cuda:7"})
    void readsWhatItWrites(String text, String written) {
        assertThat(ComputeDevice.parse(text)).hasToString(written);
        assertThat(ComputeDevice.parse(written)).isEqualTo(ComputeDevice.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CUDA", "cpu:0", "cuda:", "cuda:-1", "cuda:128", "cuda:1000", "cuda 1"})
    void refusesOtherWords(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ComputeDevice.parse(text))
                .withMessage("must be cpu, cuda or cuda:N but was '" + text + "'");
    }

    @Test
    void theProcessorIsThere() {
        assertThat(ComputeDevice.DEFAULT).hasToString("cpu");
        assertThat(ComputeDevice.DEFAULT.problem()).isEmpty();
    }

    /// Nothing is read: the message names the missing card, not the missing directory.
    @Test
    void whatIsMissingIsSaidBeforeAnythingIsRead() {
        ComputeDevice card = ComputeDevice.parse("cuda:127");
        assumeFalse(card.problem().isEmpty(), "128 graphics cards");
        String reason = !CudaBuild.isPresent()
                ? "device must be cpu but was cuda:127: this is the build for the processor; BETATRON_CUDA=1 makes the"
                        + " one for graphics cards"
                : !CudaBuild.isLoaded()
                        ? "device must be cpu but was cuda:127: the libraries of CUDA 13, cuDNN 9 and NCCL 2 were not"
                                + " found; LD_LIBRARY_PATH must say where they are"
                        : CudaBuild.numDevices() == 0
                                ? "device must be cpu but was cuda:127: libtorch finds no graphics card; nvidia-smi must"
                                        + " list one, with a driver for CUDA 13"
                                : "device must be one of the graphics cards that are there, ";
        assertThatThrownBy(
                        () -> TorchLanguageModel.load(java.nio.file.Path.of("no-such"), ComputeSpec.DEFAULT.on(card)))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(reason);
    }
}
