package org.betatron.evaluation.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.betatron.evaluation.tuning.Halving.Rung;
import org.junit.jupiter.api.Test;

class HalvingTest {

    @Test
    void eachRungIsAsManyTimesLongerAsFewerSettingsGetThere() {
        Halving halving = Halving.of(15, 96, 3, 3).orElseThrow();
        assertThat(halving.rungs()).containsExactly(new Rung(11, 15), new Rung(32, 5), new Rung(96, 1));
        // 15 * 11 + 5 * 21 + 1 * 64, and every rung with the start is measured.
        assertThat(halving.steps()).isEqualTo(334);
        assertThat(halving.measurements()).isEqualTo(22);
        assertThat(Halving.of(15, 96, 3, 1).orElseThrow().rungs()).containsExactly(new Rung(96, 15));
    }

    @Test
    void oneSettingIsLeftHoweverManyRungsThereAre() {
        assertThat(Halving.of(2, 100, 2, 4).orElseThrow().rungs())
                .containsExactly(new Rung(13, 2), new Rung(25, 1), new Rung(50, 1), new Rung(100, 1));
    }

    @Test
    void rungsMustHaveStepsOfTheirOwn() {
        assertThat(Halving.of(8, 4, 2, 3)).isPresent();
        assertThat(Halving.of(8, 4, 2, 4)).isEmpty();
    }

    @Test
    void aBudgetHasTheFewestRungsThatItPaysFor() {
        assertThat(Halving.within(15, 96, 3, 1440, Halving::steps).orElseThrow().rungs())
                .hasSize(1);
        assertThat(Halving.within(15, 96, 3, 1439, Halving::steps).orElseThrow().rungs())
                .hasSize(2);
        assertThat(Halving.within(15, 96, 3, 360, Halving::steps).orElseThrow().rungs())
                .hasSize(3);
        assertThat(Halving.within(15, 96, 3, 334, Halving::steps).orElseThrow().rungs())
                .hasSize(3);
        // What one whole run and a step of all others cost is the least there is.
        assertThat(Halving.within(15, 96, 3, 96, Halving::steps)).isEmpty();
    }

    @Test
    void theCheapestIsNoneDearerThanAnyOther() {
        Halving cheapest = Halving.cheapest(15, 96, 3);
        assertThat(List.of(1, 2, 3, 4, 5).stream()
                        .map(rungs -> Halving.of(15, 96, 3, rungs))
                        .flatMap(java.util.Optional::stream)
                        .mapToLong(Halving::steps))
                .hasSizeGreaterThan(3)
                .allMatch(steps -> steps >= cheapest.steps());
    }
}
