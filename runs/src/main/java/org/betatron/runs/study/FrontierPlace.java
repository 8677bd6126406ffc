package org.betatron.runs.study;

import java.util.ArrayList;
import java.util.List;

/// Where methods are compared: data, and size of the model.
///
/// @param name     in the report
/// @param model    size
/// @param world    name of the data
/// @param settings recipe keys of the data, for what learns from its pairs, a reward model too
/// @param rewards  recipe keys of what own answers are worth, for what learns from them
/// @param methods  what is compared there
/// @param grid     settings of every method that has none of its own
public record FrontierPlace(
        String name,
        String model,
        String world,
        List<String> settings,
        List<String> rewards,
        List<FrontierMethod> methods,
        FrontierGrid grid) {

    private static final FrontierGrid GRID =
            new FrontierGrid(List.of(0.03, 0.1, 0.3, 1.0, 3.0), List.of(2.5e-4, 5e-4, 1e-3));
    private static final FrontierGrid FEW = new FrontierGrid(List.of(0.1, 0.5), List.of(5e-4, 1e-3));

    /// @return settings that a method is tried with here
    FrontierGrid grid(FrontierMethod method) {
        FrontierGrid own = method.grid();
        return own == null ? grid : own;
    }

    /// @return recipe keys of data, or of rewards
    List<String> settings(FrontierMethod method) {
        return method.learner().isOwn() ? rewards : settings;
    }

    /// All worlds; the first with all methods and the whole grid.
    static List<FrontierPlace> all() {
        List<FrontierPlace> places = new ArrayList<>();
        places.add(new FrontierPlace(
                "outliers 10 %",
                "medium", StudyScale.WORLD, List.of(mixture("0.5")), List.of(), FrontierMethod.ALL, GRID));
        places.add(few("no outliers", "medium", StudyScale.CLEAN_WORLD, mixture("0.5")));
        places.add(few("outliers preferred", "medium", StudyScale.PREFERRED_OUTLIERS_WORLD, mixture("0.5")));
        places.add(few("flips 20 %", "medium", StudyScale.WORLD, flipped("0.2")));
        places.add(few("flips 40 %", "medium", StudyScale.WORLD, flipped("0.4")));
        places.add(few("low gap", "medium", StudyScale.WORLD, mixture("0")));
        places.add(few("high gap", "medium", StudyScale.WORLD, mixture("1")));
        places.add(few("batches by gap", "medium", StudyScale.WORLD, mixture("0.5"), "data.batches=by-gap"));
        places.add(few("small model", "small", StudyScale.WORLD, mixture("0.5")));
        return places;
    }

    /// A place that shows within a quarter of an hour whether everything works.
    static List<FrontierPlace> quick() {
        return List.of(new FrontierPlace(
                "quick",
                "small",
                StudyScale.WORLD,
                List.of(mixture("0.5")),
                List.of(),
                FrontierMethod.MAIN,
                new FrontierGrid(List.of(0.3), FEW.rates())));
    }

    private static FrontierPlace few(String name, String model, String world, String... settings) {
        return new FrontierPlace(name, model, world, List.of(settings), List.of(), FrontierMethod.MAIN, FEW);
    }

    static String mixture(String highShare) {
        return "data.transforms=[" + Studies.mixtureItem(highShare) + "]";
    }

    private static String flipped(String rate) {
        return "data.transforms=[" + Studies.mixtureItem("0.5") + ", {type: flip, rate: " + rate + "}]";
    }
}
