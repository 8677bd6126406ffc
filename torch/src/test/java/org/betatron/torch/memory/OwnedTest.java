package org.betatron.torch.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.betatron.torch.OutsideOfMemory;
import org.betatron.torch.device.NativeLibraries;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OwnedTest {

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    @AfterEach
    void stopTracking() {
        System.clearProperty(Owned.TRACK_PROPERTY);
    }

    @Test
    void useAfterCloseNamesTheTensor() {
        long live = Owned.liveCount();
        Owned owned = OutsideOfMemory.makeTensor("scales");
        assertThat(Owned.liveCount()).isEqualTo(live + 1);
        assertThat(owned.tensor().numel()).isEqualTo(2);
        assertThat(owned.name()).isEqualTo("scales");
        owned.close();
        owned.close();
        assertThat(Owned.liveCount()).isEqualTo(live);
        assertThatIllegalStateException()
                .isThrownBy(owned::tensor)
                .withMessage("tensor 'scales' was used after it was closed")
                .withNoCause();
    }

    @Test
    void trackedTensorsKnowWhereTheyWereMade() {
        System.setProperty(Owned.TRACK_PROPERTY, "true");
        Owned owned = OutsideOfMemory.makeTensor("scales");
        assertThat(Owned.liveTensors())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line)
                        .matches("'scales' made at .*OutsideOfMemory.*\\(OutsideOfMemory.java:\\d+\\)"));
        owned.close();
        assertThat(Owned.liveTensors()).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(owned::tensor)
                .withMessageMatching(
                        "tensor 'scales' made at .*\\(OutsideOfMemory.java:\\d+\\) was used after it was" + " closed")
                .havingCause()
                .withMessage("tensor 'scales' was made here");
    }

    @Test
    void failedWorkKeepsNothing() {
        long live = Owned.liveCount();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Memory.keepAll("pair", () -> {
                    throw new IllegalArgumentException("no");
                }))
                .withMessage("no");
        assertThat(Owned.liveCount()).isEqualTo(live);
    }
}
