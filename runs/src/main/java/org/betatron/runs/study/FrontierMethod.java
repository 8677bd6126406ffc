package org.betatron.runs.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a study of frontiers compares: recipe keys for any beta_0, or any cost of divergence. What learns from pairs
/// has them on top of plain DPO.
///
/// @param name     in tables
/// @param learner  what it learns from
/// @param settings recipe keys; `%B` stands for beta_0, `%R` for 0.6 over it, the strength of the
///     published code
/// @param follows  name of the method whose mean beta this one has, fixed; empty for none
/// @param grid     settings that it is tried with; null for those of the place
public record FrontierMethod(
        String name,
        FrontierLearner learner,
        List<String> settings,
        String follows,
        @Nullable FrontierGrid grid) {

    private static final String OBJECTIVE = "alignment.objective=";
    private static final String FILTER = "alignment.selection=gaussian";
    static final String PUBLISHED = "alignment.calibration={type: batch, sensitivity: %R}";

    public static final FrontierMethod DPO = new FrontierMethod("DPO", List.of(), "");

    private static final FrontierMethod DYNAMIC = of("dynamic beta", PUBLISHED);
    private static final FrontierMethod FILTERED = of("filter", FILTER);
    private static final FrontierMethod BETA_DPO = of("beta-DPO", PUBLISHED, FILTER);

    private static final FrontierMethod FILTERED_AT_MEAN =
            new FrontierMethod("filter, beta of beta-DPO's mean", List.of(FILTER), BETA_DPO.name);

    /// The same whatever beta_0 is, so runs of one learning rate are one run.
    private static final FrontierMethod AUTO = of(
            "auto",
            OBJECTIVE + "{type: overbeta, objective: {type: dpo, beta: 0.1}}",
            "alignment.calibration={type: auto, target: 0.1, stiffness: 1.0}");

    /// The methods, their parts, and controls that hold one part still.
    static final List<FrontierMethod> ALL = List.of(
            DPO,
            DYNAMIC,
            of("dynamic beta of rewards, a = 0.6", "alignment.calibration={type: batch, sensitivity: 0.6}"),
            of("dynamic beta, reversed", "alignment.calibration={type: batch, sensitivity: -%R}"),
            of(
                    "dynamic beta per deviation, a = 0.5",
                    "alignment.calibration={type: batch, sensitivity: 0.5, unit: deviation, compared: all}"),
            FILTERED,
            of("random filter", "alignment.selection=random"),
            BETA_DPO,
            of(
                    "beta-DPO, kept against kept",
                    "alignment.calibration={type: batch, sensitivity: %R, compared: kept}",
                    FILTER),
            of(
                    "beta-DPO, all against all",
                    "alignment.calibration={type: batch, sensitivity: %R, compared: all}",
                    FILTER),
            FILTERED_AT_MEAN,
            of(
                    "beta-DPO, loss over beta",
                    OBJECTIVE + "{type: overbeta, objective: {type: dpo, beta: %B}}",
                    PUBLISHED,
                    FILTER),
            AUTO);

    /// Those that are compared in every other world.
    static final List<FrontierMethod> MAIN = List.of(DPO, DYNAMIC, FILTERED, BETA_DPO, FILTERED_AT_MEAN, AUTO);

    /// @param settings of what learns from the pairs of the data, with the grid of the place
    public FrontierMethod(String name, List<String> settings, String follows) {
        this(name, FrontierLearner.PAIRS, settings, follows, null);
    }

    /// @param learner  what it learns from
    /// @param settings recipe keys
    static FrontierMethod of(String name, FrontierLearner learner, String... settings) {
        return new FrontierMethod(name, learner, List.of(settings), "", null);
    }

    /// @return the same with a grid of its own
    FrontierMethod with(FrontierGrid other) {
        return new FrontierMethod(name, learner, settings, follows, other);
    }

    private static FrontierMethod of(String name, String... settings) {
        return new FrontierMethod(name, List.of(settings), "");
    }

    /// @return how a report names a setting
    String setting(double beta, double rate) {
        boolean hasNoBeta = learner == FrontierLearner.OWN_PAIRS && names(OBJECTIVE);
        return hasNoBeta
                ? String.format(Locale.ROOT, "rate %s", rate)
                : String.format(
                        Locale.ROOT, "%s %s, rate %s", learner == FrontierLearner.SCORES ? "KL" : "beta", beta, rate);
    }

    private boolean names(String key) {
        return settings.stream().anyMatch(setting -> setting.startsWith(key));
    }

    /// @param beta beta_0, or what divergence costs
    /// @return recipe keys, those of everything that learns so first
    List<String> at(double beta) {
        List<String> keys = new ArrayList<>(learner.keys());
        if (learner != FrontierLearner.SCORES) {
            keys.add("alignment.preset=dpo");
            // Settings of one key are put together, and the keys of one objective are not those of another.
            if (!names(OBJECTIVE)) {
                keys.add(OBJECTIVE + "{type: dpo, beta: " + beta + "}");
            }
        }
        for (String setting : settings) {
            keys.add(setting.replace("%B", Double.toString(beta))
                    .replace("%R", String.format(Locale.ROOT, "%.6f", 0.6 / beta)));
        }
        return keys;
    }
}
