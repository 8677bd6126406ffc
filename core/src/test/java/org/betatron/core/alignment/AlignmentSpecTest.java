package org.betatron.core.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.betatron.core.alignment.GapSpec.GapSource;
import org.betatron.core.alignment.GapSpec.Scope;
import org.betatron.core.alignment.GapSpec.UpdateOrder;
import org.betatron.core.calibration.ComparedPairs;
import org.betatron.core.calibration.FixedCalibration;
import org.betatron.core.calibration.LinearCalibration;
import org.betatron.core.calibration.LinearCalibration.Level;
import org.betatron.core.calibration.SensitivityUnit;
import org.betatron.core.selection.EverySelection;
import org.betatron.core.selection.GaussianSelection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentSpecTest {

    @Test
    void defaultIsBetaDpoAsDefined() {
        Alignment alignment = AlignmentSpec.DEFAULT.create();
        assertThat(alignment.beta()).isEqualTo(0.1);
        assertThat(alignment.calibration())
                .isEqualTo(new LinearCalibration(
                        Level.BATCH, 0.6, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, 0, 0.01, 10));
        assertThat(alignment.selection()).isEqualTo(new GaussianSelection(0.8));
        assertThat(alignment.gap())
                .isEqualTo(new GapSpec(GapSource.REWARD, 0.9, true, UpdateOrder.BEFORE_USE, Scope.BATCH));
    }

    @Test
    void plainDpoNeitherCalibratesNorSelects() {
        Alignment alignment = AlignmentSpec.DPO.create();
        assertThat(alignment.calibration()).isEqualTo(new FixedCalibration());
        assertThat(alignment.selection()).isEqualTo(new EverySelection());
    }

    @Test
    void publishedCodeHasItsFloorAndItsRawGap() {
        Alignment alignment = AlignmentSpec.PUBLISHED_CODE.create();
        // the code's absolute floor of 1e-3 at its beta_0 of 0.1, and no ceiling
        assertThat(alignment.calibration())
                .isEqualTo(new LinearCalibration(
                        Level.BATCH, 0.6, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, 0, 0.01, Double.MAX_VALUE));
        assertThat(alignment.gap().source()).isEqualTo(GapSource.MARGIN);
        assertThat(alignment.gap().biasCorrected()).isFalse();
        assertThat(alignment.gap().scope()).isEqualTo(Scope.MICRO_BATCH);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void momentumMustBeAFraction(double momentum) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GapSpec(GapSource.MARGIN, momentum, true, UpdateOrder.BEFORE_USE, Scope.BATCH))
                .withMessage("momentum must be in [0, 1) but was " + momentum);
    }
}
