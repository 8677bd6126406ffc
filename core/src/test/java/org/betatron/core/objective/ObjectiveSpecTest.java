package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectiveSpecTest {

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void betaMustBePositive(double beta) {
        String message = "beta must be > 0 but was " + beta;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectiveSpec.Dpo(beta))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectiveSpec.Cdpo(beta, 0.1))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectiveSpec.Ipo(beta, true))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectiveSpec.SimPo(beta, 0.25))
                .withMessage(message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.7, -0.1, Double.NaN})
    void labelSmoothingMustLeaveTheLabelLikely(double labelSmoothing) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectiveSpec.Cdpo(0.1, labelSmoothing))
                .withMessage("labelSmoothing must be in (0, 0.5) but was " + labelSmoothing);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void targetMarginMustNotBeNegative(double targetMargin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectiveSpec.SimPo(2, targetMargin))
                .withMessage("targetMargin must be ≥ 0 but was " + targetMargin);
    }

    @Test
    void createsWhatItDescribes() {
        assertThat(ObjectiveSpec.Dpo.DEFAULT.create())
                .isEqualTo(new MarginObjective(LogProbScore.LOG_RATIO, new SigmoidLink(0, 0)));
        assertThat(new ObjectiveSpec.Cdpo(0.1, 0.2).create())
                .isEqualTo(new MarginObjective(LogProbScore.LOG_RATIO, new SigmoidLink(0.2, 0)));
        assertThat(new ObjectiveSpec.Ipo(0.1, false).create())
                .isEqualTo(new MarginObjective(LogProbScore.LOG_RATIO, new SquaredLink()));
        assertThat(new ObjectiveSpec.Ipo(0.1, true).create())
                .isEqualTo(new MarginObjective(LogProbScore.MEAN_LOG_RATIO, new SquaredLink()));
        assertThat(new ObjectiveSpec.SimPo(2, 0.3).create())
                .isEqualTo(new MarginObjective(LogProbScore.MEAN_LOG_PROB, new SigmoidLink(0, 0.3)));
    }
}
