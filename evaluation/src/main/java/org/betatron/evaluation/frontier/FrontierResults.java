package org.betatron.evaluation.frontier;

import java.util.ArrayList;
import java.util.Arrays;
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

    private final Map<String, MethodFrontier> methods = new LinkedHashMap<>();
    private final int[] all;
    private final double reach;
    private final List<int[]> resamples = new ArrayList<>();

    /// @param cells of one place; every method with the same seeds
    FrontierResults(List<FrontierCell> cells) {
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

    /// @return distances from 0 to [#reach]
    double[] grid() {
        return IntStream.rangeClosed(0, STEPS)
                .mapToDouble(i -> reach * i / STEPS)
                .toArray();
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
        double[] distances = Arrays.copyOfRange(grid(), 1, STEPS + 1);
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

    private double area(String method, int[] seeds) {
        double[] grid = grid();
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
