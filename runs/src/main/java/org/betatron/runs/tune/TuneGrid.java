package org.betatron.runs.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.betatron.training.TrainLength;

/// Every setting that is tried: all combinations of the values of some recipe keys.
public final class TuneGrid {

    private static final String BETA = "alignment.objective.beta";
    private static final String RATE = "train.learningRate";

    /// Around what the recipe has, in both directions; ours.
    private static final double[] BETAS = {0.1, 0.3, 1, 3, 10};

    private static final double[] RATES = {0.3, 1, 3};

    /// What is compared must start at one place and be measured in one way, for as many steps.
    private static final List<String> FIXED = List.of(
            "model",
            "reference.model",
            "reference.cache",
            "rows",
            "data.evaluation",
            "data.heldOut",
            "train.length",
            "train.seed",
            "train.evaluateEvery",
            "train.checkpointEvery",
            "train.keepCheckpoints",
            "train.logEvery",
            "compute");

    /// These change how many steps a pass over the data has.
    private static final List<String> PASSES = List.of("data", "train.batchSize");

    private final List<TuneAxis> axes;
    private final List<TuneSetting> settings = new ArrayList<>();

    /// @param base  makes a new reader of the recipe that is varied
    /// @param given what the user varies; it replaces what is varied otherwise, beta and learning
    ///     rate
    /// @throws IllegalArgumentException                        if there is nothing to choose from,
    ///     or a key must not be varied
    /// @throws org.betatron.runs.recipe.RecipeException if a recipe cannot be read, or its settings
    ///     do not go together
    public TuneGrid(Supplier<RecipeReader> base, List<TuneAxis> given) {
        Resolved<AlignRecipe> resolved = base.get().resolve(AlignRecipe.class);
        boolean inEpochs = resolved.recipe().train().length() instanceof TrainLength.Epochs;
        given.forEach(axis -> requireVariable(axis, inEpochs));
        axes = new ArrayList<>(given);
        defaults(resolved).stream()
                .filter(usual -> given.stream().noneMatch(usual::overlaps))
                .forEach(axes::add);
        for (int i = 0; i < axes.size(); i++) {
            for (int k = 0; k < i; k++) {
                if (axes.get(i).overlaps(axes.get(k))) {
                    throw new IllegalArgumentException("--vary " + axes.get(i).key() + ": overlaps with --vary "
                            + axes.get(k).key() + "; give each key once, with all its values");
                }
            }
        }
        add(base, new LinkedHashMap<>());
        if (settings.size() < 2) {
            throw new IllegalArgumentException(
                    "the grid has one setting, so there is nothing to choose: give a key more"
                            + " than one value, --vary KEY=V1,V2");
        }
    }

    private static void requireVariable(TuneAxis axis, boolean inEpochs) {
        for (String key : FIXED) {
            if (isWithin(axis.key(), key)) {
                throw new IllegalArgumentException("--vary " + axis.key()
                        + ": must be the same for all settings, or they could not be compared; set it with --set");
            }
        }
        if (inEpochs && PASSES.stream().anyMatch(key -> isWithin(axis.key(), key))) {
            throw new IllegalArgumentException("--vary " + axis.key() + ": a pass over the data would not be as many"
                    + " steps for all settings; give the length in steps, --steps N");
        }
    }

    private static boolean isWithin(String key, String group) {
        return (key + ".").startsWith(group + ".");
    }

    private static List<TuneAxis> defaults(Resolved<AlignRecipe> resolved) {
        Map<String, String> values = resolved.settings().values();
        List<TuneAxis> axes = new ArrayList<>();
        if (values.containsKey(BETA)) {
            axes.add(around(BETA, Double.parseDouble(String.valueOf(values.get(BETA))), BETAS));
        }
        axes.add(around(RATE, resolved.recipe().train().learningRate(), RATES));
        return axes;
    }

    private static TuneAxis around(String key, double middle, double[] factors) {
        List<String> values = new ArrayList<>();
        for (double factor : factors) {
            values.add(Double.toString(Double.parseDouble(String.format(Locale.ROOT, "%.6g", factor * middle))));
        }
        return new TuneAxis(key, values);
    }

    private void add(Supplier<RecipeReader> base, Map<String, String> chosen) {
        if (chosen.size() == axes.size()) {
            Map<String, String> values = new LinkedHashMap<>(chosen);
            String name = name(values);
            Resolved<AlignRecipe> resolved =
                    base.get().overrides(TuneSetting.overrides(values)).resolve(AlignRecipe.class);
            RecipeChecks.check("setting " + name, resolved, false);
            settings.stream()
                    .filter(other -> other.resolved().yaml().equals(resolved.yaml()))
                    .findFirst()
                    .ifPresent(other -> {
                        throw new IllegalArgumentException(
                                "settings '" + other.name() + "' and '" + name + "' are the same recipe");
                    });
            settings.add(new TuneSetting(name, values, resolved));
            return;
        }
        TuneAxis axis = axes.get(chosen.size());
        for (String value : axis.values()) {
            chosen.put(axis.key(), value);
            add(base, chosen);
            chosen.remove(axis.key());
        }
    }

    private String name(Map<String, String> values) {
        Set<String> shortNames = axes.stream().map(TuneGrid::shortName).collect(Collectors.toSet());
        return axes.stream()
                .filter(axis -> axis.values().size() > 1 || axes.size() == 1)
                .map(axis -> (shortNames.size() == axes.size() ? shortName(axis) : axis.key()) + " "
                        + values.get(axis.key()))
                .collect(Collectors.joining(", "));
    }

    private static String shortName(TuneAxis axis) {
        return axis.key().substring(axis.key().lastIndexOf('.') + 1);
    }

    /// @return how many settings there are
    public int size() {
        return settings.size();
    }

    /// @return a line for each key that is varied
    public List<String> lines() {
        return axes.stream()
                .map(axis -> axis.key() + ": " + String.join(", ", axis.values()))
                .toList();
    }

    List<TuneAxis> axes() {
        return axes;
    }

    List<TuneSetting> settings() {
        return settings;
    }
}
