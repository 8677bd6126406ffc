package org.betatron.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EditDistanceTest {

    @Test
    void changesAdditionsAndOmissionsCountOneEach() {
        assertThat(EditDistance.of("beta", "beta")).isZero();
        assertThat(EditDistance.of("beta", "bета")).isEqualTo(3); // three letters are Cyrillic
        assertThat(EditDistance.of("", "beta")).isEqualTo(4);
        assertThat(EditDistance.of("beta", "")).isEqualTo(4);
        assertThat(EditDistance.of("kitten", "sitting")).isEqualTo(3); // k to s, e to i, and g
        assertThat(EditDistance.of("learningrate", "leraningRate")).isEqualTo(3);
    }
}
