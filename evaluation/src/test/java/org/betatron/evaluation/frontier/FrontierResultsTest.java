package org.betatron.evaluation.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.frontier.FrontierPoint.Half;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Curves whose areas and differences are known.
class FrontierResultsTest {

    private static final double[] SHARES = {0, 0.125, 0.25, 0.5, 1};

    private static Half half(double distance, double reward) {
        return new Half(reward, distance * distance);
    }

    /// A run that is `speed` away at its end, and there has `reward(distance)`.
    private static FrontierCell run(
            String method,
            String setting,
            long seed,
            double speed,
            DoubleUnaryOperator tuned,
            DoubleUnaryOperator held) {
        List<FrontierPoint> points = new ArrayList<>();
        for (double share : SHARES) {
            double d = speed * share;
            points.add(new FrontierPoint(share, half(d, tuned.applyAsDouble(d)), half(d, held.applyAsDouble(d))));
        }
        return new FrontierCell("world", method, setting, seed, 0.1, 1, points);
    }

    private static FrontierCell run(
            String method, String setting, long seed, double speed, DoubleUnaryOperator reward) {
        return run(method, setting, seed, speed, reward, reward);
    }

    @Test
    void theAreaOfALineIsThatOfATriangle() {
        List<FrontierCell> cells = new ArrayList<>();
        for (long seed = 1; seed <= 4; seed++) {
            cells.add(run("a", "slow", seed, 2, d -> 1 + d));
            cells.add(run("b", "slow", seed, 3, d -> 1 + 2 * d));
        }
        FrontierResults results = new FrontierResults(cells);
        assertThat(results.reach()).isCloseTo(2, within(0.011));
        double reach = results.reach();
        assertThat(results.area("a").value()).isCloseTo(1 + reach / 2, within(1e-9));
        assertThat(results.areaDifference("b", "a").value()).isCloseTo(reach / 2, within(1e-9));
        assertThat(results.areaDifference("b", "a").low()).isCloseTo(reach / 2, within(1e-9));
        assertThat(results.at("b", 1).orElseThrow().value()).isCloseTo(3, within(1e-9));
        assertThat(results.at("b", 2.5).orElseThrow().value()).isCloseTo(6, within(1e-9));
        assertThat(results.at("a", 2.5)).isEmpty();
        assertThat(results.difference("b", "a", 2.5)).isEmpty();
        assertThat(results.difference("b", "a", Math.sqrt(2)).orElseThrow().value())
                .isCloseTo(Math.sqrt(2), within(1e-9));
    }

    /// The setting is the best of one half; what is reported is the other half's, whatever that
    /// says.
    @Test
    void settingsAreChosenOnOneHalfAndReportedOnTheOther() {
        List<FrontierCell> cells = List.of(
                run("a", "lucky", 1, 2, d -> 5 * d, d -> d),
                run("a", "good", 1, 2, d -> 3 * d, d -> 3 * d),
                run("a", "short", 1, 0.5, d -> 100 * d, d -> 100 * d));
        FrontierResults results = new FrontierResults(cells);
        assertThat(results.settingAt("a", 1)).contains("lucky");
        assertThat(results.at("a", 1).orElseThrow().value()).isCloseTo(1, within(1e-9));
        assertThat(results.settingAt("a", 0.4)).contains("short");
        assertThat(results.at("a", 0.4).orElseThrow().value()).isCloseTo(40, within(1e-9));
    }

    /// A setting that does not reach a distance with every seed is not judged there by the seeds
    /// that do.
    @Test
    void aSettingTakesPartWhereEverySeedReaches() {
        List<FrontierCell> cells = List.of(
                run("a", "far", 1, 2, d -> d),
                run("a", "far", 2, 2, d -> d),
                run("a", "mixed", 1, 2, d -> 9 * d),
                run("a", "mixed", 2, 0.5, d -> 9 * d));
        FrontierResults results = new FrontierResults(cells);
        assertThat(results.settingAt("a", 0.5)).contains("mixed");
        assertThat(results.settingAt("a", 1)).contains("far");
    }

    /// Seeds differ by 1 of deviation: the interval of a mean over 16 of them is about 0.5 to each
    /// side; a difference that is the same at every seed has none.
    @Test
    void intervalsAreOfSeedsAndDifferencesArePaired() {
        SplittableRandom random = new SplittableRandom(20261126);
        List<FrontierCell> cells = new ArrayList<>();
        for (long seed = 1; seed <= 16; seed++) {
            double shift = random.nextGaussian();
            cells.add(run("a", "only", seed, 2, d -> shift + d));
            cells.add(run("b", "only", seed, 2, d -> shift + 1.25 * d));
        }
        FrontierResults results = new FrontierResults(cells);
        Estimate a = results.at("a", 1).orElseThrow();
        assertThat(a.high() - a.low()).isBetween(0.6, 1.4);
        assertThat(a.value()).isBetween(a.low(), a.high());
        Estimate difference = results.difference("b", "a", 1).orElseThrow();
        assertThat(difference.low()).isCloseTo(0.25, within(1e-9));
        assertThat(difference.high()).isCloseTo(0.25, within(1e-9));
    }

    /// A run that comes back towards its start counts where it first was.
    @Test
    void aRunThatComesBackCountsWhereItFirstWas() {
        List<FrontierPoint> points = List.of(
                new FrontierPoint(0, half(0, 0), half(0, 0)),
                new FrontierPoint(0.5, half(2, 4), half(2, 4)),
                new FrontierPoint(1, half(1, 9), half(1, 9)));
        RunCurve curve = new RunCurve(points, FrontierPoint::held, Half::reward);
        assertThat(curve.at(1)).isCloseTo(2, within(1e-12));
        assertThat(curve.at(2.1)).isNaN();
        assertThat(curve.at(0)).isZero();
    }

    @Test
    void formsAreFoundAgain() {
        double[] distances = {0.2, 0.5, 1, 1.5, 2, 3};
        double[] gains = new double[6];
        for (int i = 0; i < 6; i++) {
            gains[i] = distances[i] * (1.3 - 0.4 * Math.log(distances[i]));
        }
        RewardForm.Fit fit = RewardForm.REINFORCEMENT.fit(distances, gains);
        assertThat(fit.a()).isCloseTo(1.3, within(1e-9));
        assertThat(fit.b()).isCloseTo(0.4, within(1e-9));
        assertThat(fit.residual()).isCloseTo(0, within(1e-9));
        assertThat(RewardForm.BEST_OF_N.fit(distances, gains).residual()).isGreaterThan(0.01);
    }

    /// What was learned from rises by 3 a unit of distance and the truth turns round at 1: both are told of the same
    /// setting, which the truth chooses.
    @Test
    void whatWasLearnedFromStandsBesideTheTruth() {
        List<FrontierCell> cells = new ArrayList<>();
        for (long seed = 1; seed <= 3; seed++) {
            cells.add(hacked("own", "hacks", seed));
            cells.add(run("own", "slow", seed, 0.5, d -> -d));
            cells.add(run("data", "only", seed, 2, d -> d));
        }
        FrontierResults results = new FrontierResults(cells);
        assertThat(results.hasProxy()).isTrue();
        assertThat(results.gain("own", 2).orElseThrow().value()).isCloseTo(0, within(1e-9));
        assertThat(results.proxyGain("own", 2).orElseThrow().value()).isCloseTo(6, within(1e-9));
        assertThat(results.proxyGain("data", 1)).isEmpty();
        assertThat(results.proxyGain("own", 2.5)).isEmpty();
        assertThat(results.reach("own")).isCloseTo(2, within(0.011));
        assertThat(results.settings("own")).containsExactly("hacks", "slow");
        List<FrontierResults.Moment> moments = results.along("own", "hacks");
        assertThat(moments).extracting(FrontierResults.Moment::share).containsExactly(0.125, 0.25, 0.5, 1.0);
        assertThat(moments.get(2).reward().value()).isCloseTo(1, within(1e-9));
        assertThat(moments.get(2).kl()).isCloseTo(1, within(1e-9));
        assertThat(moments.get(3).proxy()).isCloseTo(6, within(1e-9));
        assertThat(results.along("data", "only").getFirst().proxy()).isNaN();
    }

    private static FrontierCell hacked(String method, String setting, long seed) {
        List<FrontierPoint> points = new ArrayList<>();
        for (double share : SHARES) {
            double d = 2 * share;
            Half half = new Half(d * (2 - d), d * d, seed + 3 * d);
            points.add(new FrontierPoint(share, half, half));
        }
        return new FrontierCell("world", method, setting, seed, 0.1, 1, points);
    }

    @Test
    void theReportHasWhatItsLayoutAsksFor(@TempDir Path directory) throws IOException {
        List<KeyedCell> runs = Stream.of(1L, 2L, 3L)
                .flatMap(seed ->
                        Stream.of(run("data", "only", seed, 2, d -> d + seed * d * d), hacked("own", "hacks", seed)))
                .map(cell -> new KeyedCell(cell.method() + cell.seed(), cell))
                .toList();
        FrontierLayout layout = new FrontierLayout("Own answers", "data", List.of(1, 4), "round", true);
        Path report = FrontierReport.write(runs, layout, List.of("- somehow"), directory);
        String text = Files.readString(report);
        assertThat(text)
                .startsWith("# Own answers\n")
                .contains(
                        "| own | 1.000 (1.000 to 1.000) | 3.000 (3.000 to 3.000) | 0.000",
                        "| own | hacks | ",
                        "- somehow")
                .contains("| method | setting | round 1 (0.125 of the steps) |");
        assertThat(directory.resolve("frontier-world.svg")).exists();
        assertThat(directory.resolve("frontier-world-proxy.svg")).content().doesNotContain(">data<");

        // What is not told, and one seed, whose interval says nothing.
        List<KeyedCell> one = runs.subList(0, 2);
        String plain = Files.readString(FrontierReport.write(
                one, new FrontierLayout("Own answers", "data", List.of(1), "", false), List.of(), directory));
        assertThat(plain).doesNotContain("round", "**");
    }

    @Test
    void refusesMethodsWithOtherSeeds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FrontierResults(List.of(
                        run("a", "only", 1, 2, d -> d),
                        run("a", "only", 2, 2, d -> d),
                        run("b", "only", 1, 2, d -> d))))
                .withMessage("b has 1 seeds, another method 2");
    }
}
