package org.betatron.torch.compute;

import static org.assertj.core.api.Assertions.assertThat;

import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.device.Processor;
import org.betatron.torch.tensor.DataType;
import org.junit.jupiter.api.Test;

/// What is made of settings on processors of each kind, whichever this one is.
class ComputeSpecTest {

    private static final Processor FAST = new Processor(true, true, true);
    private static final Processor SLOW = new Processor(false, true, false);
    private static final ComputeSpec BF16 =
            ComputeSpec.DEFAULT.withPrecision(DataType.BF16).withWeights(DataType.BF16);

    @Test
    void staysAsItIsWhereProductsAreFast() {
        assertThat(BF16.possible(FAST)).isEqualTo(BF16);
        assertThat(ComputeSpec.DEFAULT.possible(FAST)).isEqualTo(ComputeSpec.DEFAULT);
        assertThat(ComputeSpec.DEFAULT.possible(SLOW)).isEqualTo(ComputeSpec.DEFAULT);
    }

    @Test
    void keepsWeightsInBf16WhereProductsAreNotFast() {
        assertThat(BF16.lacksFastProducts(SLOW)).isTrue();
        assertThat(BF16.possible(SLOW))
                .isEqualTo(BF16.withPrecision(DataType.FP32).withRecompute(Recompute.FULL));
    }

    @Test
    void computesAsFloat32WhereWeightsAreFloat32() {
        ComputeSpec products = ComputeSpec.DEFAULT.withPrecision(DataType.BF16);
        assertThat(products.possible(SLOW)).isEqualTo(ComputeSpec.DEFAULT);
    }

    @Test
    void widensNoMoreThanALayerForAGraph() {
        assertThat(BF16.withPrecision(DataType.FP32).possible(FAST).recompute()).isEqualTo(Recompute.FULL);
        assertThat(BF16.withPrecision(DataType.FP32)
                        .withRecompute(Recompute.NONE)
                        .possible(FAST)
                        .recompute())
                .isEqualTo(Recompute.NONE);
    }

    @Test
    void leavesGraphicsCardsAlone() {
        ComputeSpec onCard = BF16.on(ComputeDevice.parse("cuda"));
        assertThat(onCard.possible(SLOW)).isEqualTo(onCard);
    }
}
