package org.betatron.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.betatron.core.model.TokenQuantity.LOG_PROB;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TokenNumbersTest {

    private final PackedBatch batch = PackedBatch.builder()
            .add(new int[] {1}, new int[] {2, 3}, new int[] {4})
            .add(new int[] {5}, new int[] {6, 7, 8})
            .build();

    @Test
    void sumsOverTheTokensOfAResponse() {
        TokenNumbers logProbs = TokenNumbers.ofLogProbs(batch, new float[] {-1, -2, -4, -8, -16, -32});
        assertThat(logProbs.sum(LOG_PROB, 0)).isEqualTo(-3);
        assertThat(logProbs.sum(LOG_PROB, 1)).isEqualTo(-4);
        assertThat(logProbs.sum(LOG_PROB, 2)).isEqualTo(-56);
        assertThat(logProbs.batch()).isSameAs(batch);
        assertThat(logProbs.logProbs()).hasSize(6);
    }

    @Test
    void sumsInDoublePrecision() {
        // 100,000 times the float nearest to 0.1 is 10000.000149...; a float sum is off by more than 1.
        PackedBatch longBatch =
                PackedBatch.builder().add(new int[] {1}, new int[100_000]).build();
        float[] values = new float[100_000];
        Arrays.fill(values, -0.1f);
        assertThat(TokenNumbers.ofLogProbs(longBatch, values).sum(LOG_PROB, 0)).isCloseTo(-1e5 * 0.1f, within(1e-6));
    }

    @Test
    void rejectsAnotherNumberOfValues() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenNumbers.ofLogProbs(batch, new float[5]))
                .withMessage("LOG_PROB must have one entry per response token (6) but had 5");
    }

    @Test
    void quantityThatWasNotAskedForSaysSo() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TokenNumbers.ofLogProbs(batch, new float[6]).of(TokenQuantity.ENTROPY))
                .withMessage("ENTROPY was not asked for");
    }
}
