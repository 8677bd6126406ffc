package org.betatron.runs.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.betatron.evaluation.tuning.Halving;
import org.betatron.runs.tune.TuneBudget.Pace;
import org.junit.jupiter.api.Test;

class TuneBudgetTest {

    private static final Pace PACE = new Pace(2, 5);

    private static Halving of(TuneBudget budget) {
        return budget.halving(15, 96, 3, PACE);
    }

    @Test
    void theUsualIsAQuarterOfTheGridAndTwoRunsAtLeast() {
        assertThat(of(new TuneBudget.Quarter()).steps()).isEqualTo(334).isLessThanOrEqualTo(15 * 96 / 4);
        assertThat(new TuneBudget.Quarter().halving(2, 100, 3, PACE).rungs()).hasSize(1);
        assertThat(new TuneBudget.Quarter().halving(3, 100, 3, PACE).steps()).isLessThanOrEqualTo(200);
    }

    @Test
    void minutesAreOfTrainingAndMeasuring() {
        // Three rungs: 334 steps of two seconds and 22 measurements of five.
        double seconds = 334 * 2 + 22 * 5;
        assertThat(of(new TuneBudget.Minutes(seconds / 60)).rungs()).hasSize(3);
        assertThat(of(new TuneBudget.Minutes((seconds - 1) / 60)).rungs()).hasSize(4);
        assertThat(of(new TuneBudget.Minutes(1e6)).rungs()).hasSize(1);
    }

    @Test
    void whatIsTooLittleIsSaidWithWhatIsNeeded() {
        assertThatThrownBy(() -> of(new TuneBudget.Steps(100)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--budget-steps 100 is too little: 15 settings, one of which runs 96 steps, need "
                        + Halving.cheapest(15, 96, 3).steps() + "; give it more, or fewer settings or steps");
        assertThat(of(new TuneBudget.Steps(Halving.cheapest(15, 96, 3).steps())))
                .isEqualTo(Halving.cheapest(15, 96, 3));
        assertThatThrownBy(() -> of(new TuneBudget.Minutes(1)))
                .hasMessageStartingWith("--budget-minutes 1.0 is too little: 15 settings, one of which runs 96 steps,"
                        + " need about ");
        assertThatThrownBy(() -> of(new TuneBudget.Rungs(9))).hasMessageStartingWith("--rungs 9 is too many for runs");
        assertThatThrownBy(() -> new TuneBudget.Steps(0)).hasMessage("--budget-steps must be at least 1 but was 0");
        assertThatThrownBy(() -> new TuneBudget.Minutes(Double.NaN))
                .hasMessage("--budget-minutes must be above 0 but was NaN");
    }
}
