package org.betatron.core.model;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerSpecTest {

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void decaysMustBeFractions(double decay) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptimizerSpec.AdamW(decay, 0.999, 1e-8, 0))
                .withMessage("beta1 must be in [0, 1) but was " + decay);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptimizerSpec.AdamW(0.9, decay, 1e-8, 0))
                .withMessage("beta2 must be in [0, 1) but was " + decay);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptimizerSpec.RmsProp(decay, 1e-8))
                .withMessage("smoothing must be in [0, 1) but was " + decay);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1e-8, Double.NaN, Double.POSITIVE_INFINITY})
    void epsilonMustBePositive(double epsilon) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptimizerSpec.AdamW(0.9, 0.999, epsilon, 0))
                .withMessage("epsilon must be > 0 but was " + epsilon);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptimizerSpec.RmsProp(0.99, epsilon))
                .withMessage("epsilon must be > 0 but was " + epsilon);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void weightDecayMustNotBeNegative(double weightDecay) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptimizerSpec.AdamW(0.9, 0.999, 1e-8, weightDecay))
                .withMessage("weightDecay must be ≥ 0 but was " + weightDecay);
    }
}
