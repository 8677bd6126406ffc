package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.betatron.training.LearningRateSchedule.Decay;
import org.junit.jupiter.api.Test;

class TrainSpecTest {

    @Test
    void epochsEndWithAShortBatchAndStepsDoNot() {
        TrainSpec epochs = Fixtures.spec(new TrainLength.Epochs(2), 8, 0);
        TrainSpec steps = Fixtures.spec(new TrainLength.Steps(5), 8, 0);
        // 2 * 19 = 38 rows in batches of 8: four whole ones and one of 6.
        assertThat(epochs.totalSteps(19)).isEqualTo(5);
        assertThat(epochs.length().totalRows(19, 8)).isEqualTo(38);
        assertThat(steps.totalSteps(19)).isEqualTo(5);
        assertThat(steps.length().totalRows(19, 8)).isEqualTo(40);
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> Fixtures.spec(new TrainLength.Steps(5), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("microBatchSize must be ≥ 1 but was 0");
        assertThatThrownBy(() -> new TrainLength.Epochs(0)).hasMessage("epochs must be ≥ 1 but was 0");
        assertThatThrownBy(() -> new TrainSpec(
                        new TrainLength.Steps(1),
                        1,
                        1,
                        1,
                        true,
                        Double.NaN,
                        0,
                        Decay.CONSTANT,
                        0,
                        1,
                        0,
                        0,
                        1,
                        1,
                        0,
                        0,
                        List.of()))
                .hasMessage("learningRate must be > 0 but was NaN");
    }

    @Test
    void warmUpRisesInEqualStepsToThePeak() {
        LearningRateSchedule schedule = new LearningRateSchedule(1, 3, Decay.CONSTANT, 0, 10);
        assertThat(schedule.at(1)).isEqualTo(0.25);
        assertThat(schedule.at(3)).isEqualTo(0.75);
        assertThat(schedule.at(4)).isEqualTo(1);
        assertThat(schedule.at(10)).isEqualTo(1);
    }

    @Test
    void decaysEndAtTheFinalRatio() {
        // W = 1 and S = 12: step 2 is the first at the peak, step 7 is half-way.
        LearningRateSchedule linear = new LearningRateSchedule(2, 1, Decay.LINEAR, 0.1, 12);
        LearningRateSchedule cosine = new LearningRateSchedule(2, 1, Decay.COSINE, 0.1, 12);
        assertThat(linear.at(2)).isEqualTo(2);
        assertThat(linear.at(7)).isCloseTo(2 * (0.1 + 0.9 * 0.5), within(1e-12));
        assertThat(linear.at(12)).isCloseTo(0.2, within(1e-12));
        assertThat(cosine.at(2)).isEqualTo(2);
        assertThat(cosine.at(7)).isCloseTo(2 * (0.1 + 0.9 * 0.5), within(1e-12));
        assertThat(cosine.at(12)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void scheduleOfASingleStepIsThePeak() {
        assertThat(new LearningRateSchedule(1, 0, Decay.COSINE, 0, 1).at(1)).isEqualTo(1);
    }
}
