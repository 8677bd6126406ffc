package org.betatron.evaluation.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.betatron.evaluation.comparison.Estimate;
import org.junit.jupiter.api.Test;

/// Curves whose best is known.
class StandingsTest {

    private static final long STEPS = 90;

    private static TunePoint point(long step, double measure, double kl) {
        return new TunePoint(step, new Estimate(measure, measure - 0.1, measure + 0.1), new Estimate(kl, kl, kl), 1, 1);
    }

    /// A run that is `speed` away from the start at its end, and has `measure(distance)` on its
    /// way.
    private static TuneCell run(String name, double speed, DoubleUnaryOperator measure, long... steps) {
        List<TunePoint> points = new ArrayList<>(List.of(point(0, measure.applyAsDouble(0), 0)));
        for (long step : steps) {
            double distance = speed * step / STEPS;
            points.add(point(step, measure.applyAsDouble(distance), distance * distance));
        }
        return new TuneCell(name, points, "");
    }

    private static List<String> names(Standings standings) {
        return standings.ranked().stream()
                .map(standing -> standing.cell().name())
                .toList();
    }

    /// At equal steps the fast run is ahead; per distance it is behind, and it will overshoot.
    @Test
    void runsAreComparedAtTheSameDistanceNotAfterAsManySteps() {
        TuneCell fast = run("fast", 6, d -> 0.8 * d, 10, 30, 90);
        TuneCell right = run("right", 2, d -> d, 10, 30, 90);
        assertThat(fast.points().get(1).measure().value())
                .isGreaterThan(right.points().get(1).measure().value());
        for (long step : List.of(10L, 30L, 90L)) {
            Standings at = Standings.of(List.of(fast, right), step, (double) step / STEPS, 4);
            assertThat(at.distance()).isCloseTo(2.0 * step / STEPS, within(1e-12));
            assertThat(names(at)).containsExactly("right", "fast");
            assertThat(at.ranked().getLast().value().value()).isCloseTo(0.8 * at.distance(), within(1e-9));
            assertThat(at.ranked().getLast().at()).isEqualTo(at.distance());
        }
    }

    /// It has the same measure at every distance, and will not get far.
    @Test
    void aRunThatIsSlowHasWhatItReached() {
        TuneCell slow = run("slow", 0.5, d -> d, 10);
        TuneCell right = run("right", 2, d -> d, 10);
        Standings at = Standings.of(List.of(slow, right), 10, 1.0 / 9, 4);
        assertThat(names(at)).containsExactly("right", "slow");
        assertThat(at.ranked().getLast().value().value()).isCloseTo(0.5 / 9, within(1e-12));
        assertThat(at.ranked().getLast().at()).isCloseTo(0.5 / 9, within(1e-12));
    }

    /// What is allowed decides: one is best nearby, the other farther away.
    @Test
    void theBestDependsOnTheDistanceThatIsAllowed() {
        TuneCell early = run("early", 3, d -> 2 * d - d * d / 2, 30, 60, 90);
        TuneCell late = run("late", 3, d -> d, 30, 60, 90);
        assertThat(names(Standings.of(List.of(late, early), 90, 1, 1))).containsExactly("early", "late");
        assertThat(names(Standings.of(List.of(early, late), 90, 1, 9))).containsExactly("late", "early");
    }

    /// A run that has become worse is worth what it was where it should have ended.
    @Test
    void aRunIsWorthItsBestMeasurementWithinTheLimit() {
        TuneCell overshot = run("overshot", 3, d -> d < 1.5 ? 2 * d : 0, 30, 60, 90);
        TuneCell steady = run("steady", 1.8, d -> d, 30, 60, 90);
        Standings at = Standings.of(List.of(steady, overshot), 90, 1, 4);
        assertThat(names(at)).containsExactly("overshot", "steady");
        assertThat(at.ranked().getFirst().step()).isEqualTo(30);
        assertThat(at.ranked().getFirst().at()).isEqualTo(1);
        assertThat(at.ranked().getFirst().value()).isEqualTo(new Estimate(2, 1.9, 2.1));
        assertThat(at.ranked().getLast().step()).isEqualTo(90);
        // Whose learning rate falls cannot end early and be the same run.
        assertThat(names(Standings.ofWhole(List.of(steady, overshot), 4))).containsExactly("steady", "overshot");
    }

    /// It is still rising there: it ends in the midst of two measurements.
    @Test
    void aRunEndsWhereItIsAsFarAwayAsIsAllowed() {
        TuneCell fast = run("fast", 3, d -> d, 30, 60, 90);
        Standings.Standing end =
                Standings.of(List.of(fast), 90, 1, 2.25).ranked().getFirst();
        assertThat(end.step()).isEqualTo(45);
        assertThat(end.at()).isEqualTo(1.5);
        assertThat(end.value().value()).isCloseTo(1.5, within(1e-12));
    }

    @Test
    void ofEqualsTheOneThatIsNearerComesFirstAndThenTheEarlier() {
        TuneCell far = run("far", 1.8, _ -> 1, 90);
        TuneCell near = run("near", 1.5, _ -> 1, 90);
        TuneCell twin = run("twin", 1.5, _ -> 1, 90);
        assertThat(names(Standings.of(List.of(far, near, twin), 90, 1, 4))).containsExactly("near", "twin", "far");
    }

    /// A tenth of the way says little of what is reached, and much of where it leads.
    @Test
    void ofThoseThatCannotBeToldApartTheOnesOnTheirWayToTheLimitComeFirst() {
        TuneCell racing = run("racing", 20, d -> 0.5 * d, 9);
        TuneCell right = run("right", 2.2, d -> 0.4 * d, 9);
        TuneCell creeping = run("creeping", 0.3, d -> 0.5 * d, 9);
        TuneCell worse = run("worse", 2, d -> -d, 9);
        List<TuneCell> cells = List.of(racing, creeping, worse, right);
        assertThat(names(Standings.of(cells, 9, 0.1, 4))).containsExactly("right", "creeping", "racing", "worse");
        assertThat(Standings.of(cells, 9, 0.1, 4).notWorse()).containsExactly("right", "creeping", "racing");
    }

    /// What is wrong with one is said, and the others go on.
    @Test
    void aSettingThatDivergedOrEndedCannotBeChosen() {
        TuneCell fine = run("fine", 2, d -> d, 10);
        TuneCell diverged = run("diverged", 2, d -> d > 0 ? Double.NaN : 0, 10);
        TuneCell lost = new TuneCell("lost", List.of(point(0, 0, 0), point(10, 5, Double.POSITIVE_INFINITY)), "");
        TuneCell ended = run("ended", 2, d -> 9 * d).failed("step 3: loss is NaN");
        Standings at = Standings.of(List.of(diverged, ended, fine, lost), 10, 1.0 / 9, 4);
        assertThat(names(at)).containsExactly("fine");
        assertThat(at.failed())
                .extracting(TuneCell::name, TuneCell::problem)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "diverged",
                                "at step 10 its measure is NaN at a divergence of "
                                        + diverged.points().getLast().kl().value() + " nats"),
                        org.assertj.core.groups.Tuple.tuple("ended", "step 3: loss is NaN"),
                        org.assertj.core.groups.Tuple.tuple(
                                "lost", "at step 10 its measure is 5.0 at a divergence of Infinity nats"));
    }

    /// A rung is decided by what was known there, also once a setting has gone on.
    @Test
    void laterMeasurementsDoNotChangeAnEarlierRung() {
        TuneCell first = run("first", 2, d -> d, 10);
        TuneCell second = run("second", 2, d -> 0.9 * d, 10);
        Standings then = Standings.of(List.of(first, second), 10, 1.0 / 9, 4);
        TuneCell later = first.with(point(30, -9, 1));
        assertThat(Standings.of(List.of(later, second), 10, 1.0 / 9, 4)).isEqualTo(then);
        assertThat(names(Standings.of(List.of(first.failed("step 20: loss is NaN"), second), 30, 1.0 / 3, 4)))
                .containsExactly("second");
    }

    @Test
    void whatWasNotShownToBeWorseIsNamed() {
        TuneCell best = run("best", 2, d -> d, 90);
        TuneCell close = run("close", 2, d -> 0.96 * d, 90);
        TuneCell worse = run("worse", 2, d -> 0.9 * d, 90);
        assertThat(Standings.of(List.of(worse, close, best), 90, 1, 4).notWorse())
                .containsExactly("best", "close");
    }
}
