package org.betatron.core.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.betatron.core.Derivatives;
import org.betatron.core.Recorded;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RewardLossTest {

    private static final double[] NONE = {0};

    @Test
    void knownPoints() {
        assertThat(RewardLoss.of(new double[] {0.7}, new double[] {0.7}, NONE, 0)
                        .loss())
                .isCloseTo(Math.log(2), within(1e-15));
        RewardLoss far = RewardLoss.of(new double[] {-400}, new double[] {400}, NONE, 0);
        assertThat(far.loss()).isEqualTo(800);
        assertThat(far.chosenDerivative(0)).isEqualTo(-1);
        // A lead that is just the margin is no lead: d = 3 - 1 - 2 = 0; the centering adds 0.1 * 4^2.
        RewardLoss margin = RewardLoss.of(new double[] {3}, new double[] {1}, new double[] {2}, 0.1);
        assertThat(margin.loss()).isCloseTo(Math.log(2) + 1.6, within(1e-15));
        assertThat(margin.chosenDerivative(0)).isCloseTo(-0.5 + 0.8, within(1e-15));
        assertThat(margin.rejectedDerivative(0)).isCloseTo(0.5 + 0.8, within(1e-15));
    }

    @Test
    void gradientIsThatOfTheMean() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
        for (double centering : new double[] {0, 0.01, 1}) {
            double[] chosen = random.doubles(7, -3, 3).toArray();
            double[] rejected = random.doubles(7, -3, 3).toArray();
            double[] margins = random.doubles(7, -1, 2).toArray();
            RewardLoss value = RewardLoss.of(chosen, rejected, margins, centering);
            double mean = 0;
            for (int i = 0; i < 7; i++) {
                int pair = i;
                mean += value.pairLoss(i) / value.size();
                Derivatives.check(
                        "chosen " + i,
                        value.chosenDerivative(i),
                        step -> RewardLoss.of(moved(chosen, pair, step), rejected, margins, centering)
                                .loss());
                Derivatives.check(
                        "rejected " + i,
                        value.rejectedDerivative(i),
                        step -> RewardLoss.of(chosen, moved(rejected, pair, step), margins, centering)
                                .loss());
            }
            assertThat(value.loss()).isCloseTo(mean, within(1e-12));
        }
    }

    private static double[] moved(double[] scores, int index, double step) {
        double[] moved = scores.clone();
        moved[index] += step;
        return moved;
    }

    /// `parity/rewards.py`: loss and gradients of TRL's own `RewardTrainer` on given scores.
    @Test
    void recordedLosses() {
        JsonNode cases = Recorded.read("reward-losses.json").required("cases");
        assertThat(cases).hasSizeGreaterThanOrEqualTo(4);
        for (JsonNode each : cases) {
            RewardLoss value = RewardLoss.of(
                    Recorded.doubles(each, "chosen"),
                    Recorded.doubles(each, "rejected"),
                    Recorded.doubles(each, "margins"),
                    Recorded.number(each, "centering"));
            assertThat(value.loss()).isCloseTo(Recorded.number(each, "loss"), within(1e-12));
            double[] chosen = Recorded.doubles(each, "chosen_gradient");
            double[] rejected = Recorded.doubles(each, "rejected_gradient");
            for (int i = 0; i < chosen.length; i++) {
                assertThat(value.chosenDerivative(i)).isCloseTo(chosen[i], within(1e-12));
                assertThat(value.rejectedDerivative(i)).isCloseTo(rejected[i], within(1e-12));
            }
        }
    }

    @Test
    void refusesWhatIsNoBatch() {
        assertThatThrownBy(() -> RewardLoss.of(new double[] {1, 2}, new double[] {1}, NONE, 0))
                .hasMessage("chosen, rejected and margins must be equally many, at least one, but were 2, 1 and 1");
        assertThatThrownBy(() -> RewardLoss.of(new double[0], new double[0], new double[0], 0))
                .hasMessageEndingWith("were 0, 0 and 0");
        assertThatThrownBy(() -> new RewardSpec(-1, 0)).hasMessage("marginScale must be in [0, ∞) but was -1.0");
        assertThatThrownBy(() -> new RewardSpec(0, Double.NaN)).hasMessage("centering must be in [0, ∞) but was NaN");
    }
}
