package org.betatron.evaluation.frontier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;
import org.betatron.evaluation.comparison.Estimate;

/// The frontiers of all methods in one place, and what can be said about them.
///
/// Intervals are percentiles over seeds that are drawn anew, 2,000 times; settings are chosen again
/// each time, so that what choosing adds is in them. Methods are compared at the same seeds.
/// Nothing is said beyond the distance that all of them reach.
final class FrontierResults {

    private static final int RESAMPLES = 2000;
    private static final int STEPS = 40;

    private final List<FrontierCell> cells;
    private final Map<String, MethodFrontier> methods = new LinkedHashMap<>();
    private final int[] all;
    private final double reach;
    private final List<int[]> resamples = new ArrayList<>();

    /// @param cells of one place; every method with the same seeds
    FrontierResults(List<FrontierCell> cells) {
        this.cells = List.copyOf(cells);
        cells.stream()
                .collect(Collectors.groupingBy(FrontierCell::method, LinkedHashMap::new, Collectors.toList()))
                .forEach((method, own) -> methods.put(method, new MethodFrontier(own)));
        int seeds = methods.values().iterator().next().numSeeds();
        methods.forEach((method, frontier) -> {
            if (frontier.numSeeds() != seeds) {
                throw new IllegalArgumentException(
                        method + " has " + frontier.numSeeds() + " seeds, another method " + seeds);
            }
        });
        all = IntStream.range(0, seeds).toArray();
        reach = methods.values().stream().mapToDouble(this::reachOf).min().orElse(0);
        for (int i = 0; i < RESAMPLES; i++) {
            RandomGenerator random = RandomStreams.stream(0, "frontier", i);
            resamples.add(random.ints(seeds, 0, seeds).toArray());
        }
    }

    /// By steps of a hundredth, which is finer than what is measured.
    private double reachOf(MethodFrontier frontier) {
        double reached = 0;
        while (frontier.at(reached + 0.01, all).isPresent()) {
            reached += 0.01;
        }
        return reached;
    }

    List<String> methods() {
        return List.copyOf(methods.keySet());
    }

    int numSeeds() {
        return all.length;
    }

    /// @return distance that every method reaches, √nats
    double reach() {
        return reach;
    }

    /// @return distance that a method reaches, √nats
    double reach(String method) {
        return reachOf(of(method));
    }

    /// @return distances from 0 to that one
    double[] grid(double end) {
        return IntStream.rangeClosed(0, STEPS).mapToDouble(i -> end * i / STEPS).toArray();
    }

    /// @return setting that is best there, over all seeds
    Optional<String> settingAt(String method, double distance) {
        return of(method).at(distance, all).map(MethodFrontier.Best::setting);
    }

    /// @return reward at a distance; empty where no setting of the method reaches it with every
    ///     seed
    Optional<Estimate> at(String method, double distance) {
        return settingAt(method, distance).isEmpty()
                ? Optional.empty()
                : Optional.of(estimate(seeds -> reward(method, distance, seeds)));
    }

    /// @return how much more reward than another method at a distance; empty where one does not
    ///     reach it
    Optional<Estimate> difference(String method, String other, double distance) {
        return settingAt(method, distance).isEmpty()
                        || settingAt(other, distance).isEmpty()
                ? Optional.empty()
                : Optional.of(estimate(seeds -> reward(method, distance, seeds) - reward(other, distance, seeds)));
    }

    /// @return whether runs were rewarded with something else than the true reward, which was measured too
    boolean hasProxy() {
        return cells.stream().anyMatch(cell -> cell.points().getFirst().held().proxy() != null);
    }

    /// @return how much of the true reward the method has gained since the start
    Optional<Estimate> gain(String method, double distance) {
        return settingAt(method, distance).isEmpty()
                ? Optional.empty()
                : Optional.of(estimate(seeds -> reward(method, distance, seeds) - reward(method, 0, seeds)));
    }

    /// @return how much of the reward that was learned from the method has gained since the start, at a distance and
    ///     the setting that is best there by the true reward; empty where none reaches it, or nothing was learned
    ///     from but the true reward
    Optional<Estimate> proxyGain(String method, double distance) {
        return settingAt(method, distance).isEmpty()
                ? Optional.empty()
                : Optional.of(estimate(seeds -> proxy(method, distance, seeds) - proxy(method, 0, seeds)))
                        .filter(gain -> !Double.isNaN(gain.value()));
    }

    /// Where runs of one setting are at one moment.
    ///
    /// @param share  of their steps
    /// @param reward mean over seeds, on the half that is reported
    /// @param kl     mean over seeds, nats per answer
    /// @param proxy  mean of what was learned from instead, less that of the start; NaN where there is none
    record Moment(double share, Estimate reward, double kl, double proxy) {}

    /// @return settings of a method, in the order of its runs
    List<String> settings(String method) {
        return cells.stream()
                .filter(cell -> cell.method().equals(method))
                .map(FrontierCell::setting)
                .distinct()
                .toList();
    }

    /// @return all moments of a setting after the start
    List<Moment> along(String method, String setting) {
        List<FrontierCell> runs = cells.stream()
                .filter(cell -> cell.method().equals(method) && cell.setting().equals(setting))
                .sorted(Comparator.comparingLong(FrontierCell::seed))
                .toList();
        return IntStream.range(1, runs.getFirst().points().size())
                .mapToObj(i -> new Moment(
                        runs.getFirst().points().get(i).share(),
                        estimate(seeds -> Arrays.stream(seeds)
                                .mapToDouble(seed ->
                                        runs.get(seed).points().get(i).held().reward())
                                .average()
                                .orElseThrow()),
                        runs.stream()
                                .mapToDouble(run -> run.points().get(i).held().kl())
                                .average()
                                .orElseThrow(),
                        runs.stream()
                                .mapToDouble(run -> run.points().get(i).held().proxyOrNaN()
                                        - run.points().getFirst().held().proxyOrNaN())
                                .average()
                                .orElseThrow()))
                .toList();
    }

    /// @return area under the frontier over its length: mean reward over distances up to [#reach]
    Estimate area(String method) {
        return estimate(seeds -> area(method, seeds));
    }

    /// @return difference of the areas
    Estimate areaDifference(String method, String other) {
        return estimate(seeds -> area(method, seeds) - area(other, seeds));
    }

    /// @return a form fitted to the frontier of all seeds
    RewardForm.Fit fit(String method, RewardForm form) {
        double[] distances = Arrays.copyOfRange(grid(reach), 1, STEPS + 1);
        double start = reward(method, 0, all);
        double[] gains = Arrays.stream(distances)
                .map(distance -> reward(method, distance, all) - start)
                .toArray();
        return form.fit(distances, gains);
    }

    private MethodFrontier of(String method) {
        MethodFrontier frontier = methods.get(method);
        if (frontier == null) {
            throw new IllegalArgumentException("no such method: " + method);
        }
        return frontier;
    }

    private double reward(String method, double distance, int[] seeds) {
        return of(method).at(distance, seeds).map(MethodFrontier.Best::reward).orElse(Double.NaN);
    }

    private double proxy(String method, double distance, int[] seeds) {
        return of(method).at(distance, seeds).map(MethodFrontier.Best::proxy).orElse(Double.NaN);
    }

    private double area(String method, int[] seeds) {
        double[] grid = grid(reach);
        double sum = 0;
        for (int i = 0; i < grid.length; i++) {
            double weight = i == 0 || i == grid.length - 1 ? 0.5 : 1;
            sum += weight * reward(method, grid[i], seeds);
        }
        return sum / STEPS;
    }

    private Estimate estimate(ToDoubleFunction<int[]> statistic) {
        double[] values = resamples.stream().mapToDouble(statistic).sorted().toArray();
        return new Estimate(
                statistic.applyAsDouble(all),
                values[(int) Math.floor(0.025 * (RESAMPLES - 1))],
                values[(int) Math.ceil(0.975 * (RESAMPLES - 1))]);
    }
}
