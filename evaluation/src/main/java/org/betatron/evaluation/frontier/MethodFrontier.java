package org.betatron.evaluation.frontier;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.betatron.evaluation.frontier.FrontierPoint.Half;

/// What a method reaches at each distance from the start: at the setting that is best there on one half of the
/// questions, measured on the other half.
///
/// A setting takes part at a distance that it reaches with every seed on both halves.
final class MethodFrontier {

    /// @param tuned   reward of each seed on the half that chooses
    /// @param held    on the half that is reported
    /// @param proxies what was learned from instead, on the half that is reported; NaN where there is none
    private record Curves(List<RunCurve> tuned, List<RunCurve> held, List<RunCurve> proxies) {}

    private final Map<String, Curves> bySetting = new LinkedHashMap<>();
    private final int numSeeds;

    /// What a frontier is at a distance.
    ///
    /// @param setting which one was best
    /// @param reward  its mean over seeds on the half that is reported
    /// @param proxy   mean of what was learned from instead; NaN where there is none
    record Best(String setting, double reward, double proxy) {}

    /// @param cells of one method in one place; every setting with the same seeds
    /// @throws IllegalArgumentException if settings differ in their seeds
    MethodFrontier(List<FrontierCell> cells) {
        Map<String, Map<Long, FrontierCell>> sorted = new LinkedHashMap<>();
        cells.forEach(cell ->
                sorted.computeIfAbsent(cell.setting(), _ -> new TreeMap<>()).put(cell.seed(), cell));
        numSeeds = sorted.values().iterator().next().size();
        sorted.forEach((setting, bySeed) -> {
            if (bySeed.size() != numSeeds) {
                throw new IllegalArgumentException(
                        setting + " has " + bySeed.size() + " seeds, another setting " + numSeeds);
            }
            List<RunCurve> tuned = new ArrayList<>();
            List<RunCurve> held = new ArrayList<>();
            List<RunCurve> proxies = new ArrayList<>();
            bySeed.values().forEach(cell -> {
                tuned.add(new RunCurve(cell.points(), FrontierPoint::tuned, Half::reward));
                held.add(new RunCurve(cell.points(), FrontierPoint::held, Half::reward));
                proxies.add(new RunCurve(cell.points(), FrontierPoint::held, Half::proxyOrNaN));
            });
            bySetting.put(setting, new Curves(tuned, held, proxies));
        });
    }

    int numSeeds() {
        return numSeeds;
    }

    /// @param distance ≥ 0
    /// @param seeds    numbers of the seeds that count, from 0, any of them more than once
    /// @return what is best there; empty where no setting reaches it
    Optional<Best> at(double distance, int[] seeds) {
        Best best = null;
        double chosenBy = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, Curves> entry : bySetting.entrySet()) {
            Curves curves = entry.getValue();
            if (!reaches(curves, distance)) {
                continue;
            }
            double tuned = mean(curves.tuned(), distance, seeds);
            if (tuned > chosenBy) {
                chosenBy = tuned;
                best = new Best(
                        entry.getKey(), mean(curves.held(), distance, seeds), mean(curves.proxies(), distance, seeds));
            }
        }
        return Optional.ofNullable(best);
    }

    private static boolean reaches(Curves curves, double distance) {
        return curves.tuned().stream().noneMatch(curve -> Double.isNaN(curve.at(distance)))
                && curves.held().stream().noneMatch(curve -> Double.isNaN(curve.at(distance)));
    }

    private static double mean(List<RunCurve> curves, double distance, int[] seeds) {
        double sum = 0;
        for (int seed : seeds) {
            sum += curves.get(seed).at(distance);
        }
        return sum / seeds.length;
    }
}
