package org.betatron.runs.study;

import java.util.List;
import java.util.stream.Stream;

/// What the study of self-play compares.
final class SelfPlay {

    /// Of all four rounds.
    static final int STEPS = 64;

    private static final int ROUNDS = 4;
    private static final FrontierGrid GRID = new FrontierGrid(List.of(0.1, 0.5), List.of(2.5e-4, 1e-3));

    /// Stands for the steps of a round.
    private static final String ROUND = "%N";

    private static final String FOLLOWS = "reference.update={type: blend, every: %N, share: 1.0, statistics: %S}";
    private static final String RESETS = FOLLOWS.replace("%S", "reset");
    private static final String KEEPS = FOLLOWS.replace("%S", "keep");

    static final FrontierMethod MOVES = own("reference moves", RESETS);

    static final List<FrontierMethod> METHODS = List.of(
            MOVES,
            own("reference stays"),
            own("reference moves, dynamic beta", RESETS, FrontierMethod.PUBLISHED),
            own("reference moves, dynamic beta, statistics kept", KEEPS, FrontierMethod.PUBLISHED),
            own("reference stays, dynamic beta", FrontierMethod.PUBLISHED),
            own("reference moves, beta doubles", RESETS, "roundBeta={type: geometric, factor: 2.0}"),
            own(
                    "reference moves, beta by KL",
                    RESETS,
                    "roundBeta={type: divergence, target: 2.0, rate: 1.0, minRatio: 0.1, maxRatio: 10.0}"));

    private SelfPlay() {}

    private static FrontierMethod own(String name, String... settings) {
        return FrontierMethod.of(name, FrontierLearner.OWN_PAIRS, settings);
    }

    /// @param steps of all rounds together
    static List<FrontierPlace> places(int steps) {
        return List.of(
                place("best against worst", "medium", steps, GRID, "rewards=[world]"),
                place("SPIN", "medium", steps, GRID, "pairs.type=data", "rollout.samples=1"));
    }

    /// @param steps of all rounds together
    static List<FrontierPlace> quickPlaces(int steps) {
        return List.of(
                place("quick", "small", steps, new FrontierGrid(List.of(0.1), List.of(1e-3)), "rewards=[world]"));
    }

    private static FrontierPlace place(String name, String model, int steps, FrontierGrid grid, String... keys) {
        String round = Integer.toString(steps / ROUNDS);
        List<FrontierMethod> methods = METHODS.stream()
                .map(method -> FrontierMethod.of(
                        method.name(),
                        method.learner(),
                        method.settings().stream()
                                .map(key -> key.replace(ROUND, round))
                                .toArray(String[]::new)))
                .toList();
        return new FrontierPlace(
                name,
                model,
                StudyScale.WORLD,
                List.of(),
                Stream.concat(Stream.of(keys), Stream.of("rollout.batches=" + round))
                        .toList(),
                methods,
                grid);
    }
}
