package org.betatron.runs.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.betatron.core.run.RunFiles;
import org.betatron.evaluation.tuning.Standings;
import org.betatron.evaluation.tuning.Standings.Standing;
import org.betatron.evaluation.tuning.TuneCell;
import org.betatron.evaluation.tuning.TuneOutcome;
import org.betatron.evaluation.tuning.TuneReport;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;

/// Writes down what a tuning found: the recipe to run, and the report.
///
/// @param request   what was asked
/// @param files     where everything lies
/// @param plan      where settings were compared
/// @param cells     every setting, in the order of the grid
/// @param standings at every rung
/// @param last      by which a setting is chosen
record TuneWriter(
        TuneRequest request,
        TuneFiles files,
        TuneFiles.Plan plan,
        List<TuneCell> cells,
        List<Standings> standings,
        Standings last) {

    TuneResult write() {
        Standing standing = last.ranked().getFirst();
        int chosen = IntStream.range(0, cells.size())
                .filter(i -> cells.get(i).name().equals(standing.cell().name()))
                .findFirst()
                .orElseThrow();
        TuneSetting setting = request.grid().settings().get(chosen);
        long length = standing.step();
        RecipeReader reader = request.base().get().overrides(TuneSetting.overrides(setting.values()));
        if (length < plan.steps()) {
            reader.overrides(List.of("train.length={type: steps, count: " + length + "}"));
        }
        Path recipe = files.recipe(reader.resolve(AlignRecipe.class).yaml());
        RecipeChecks.check(recipe.toString(), Resolved.read(recipe, AlignRecipe.class), false);
        Optional<Path> model = length == plan.steps()
                ? Optional.of(files.run(setting.directory(chosen + 1)).resolve(RunFiles.MODEL))
                : Optional.empty();
        TuneOutcome outcome = new TuneOutcome(
                request.measuring().name(),
                request.limit(),
                setting.name(),
                Map.copyOf(setting.values()),
                standing.value(),
                standing.at() * standing.at(),
                length,
                last.notWorse(),
                plan.steps(),
                cells.size(),
                plan.rungs(),
                cells.stream().mapToLong(each -> each.points().getLast().step()).sum(),
                seconds());
        Path report = TuneReport.write(
                outcome, standings, last, cells, advice(recipe, model, outcome, setting), conditions(), files.root());
        return new TuneResult(outcome, standings, recipe, model, report);
    }

    private double seconds() {
        return plan.start().measuringSeconds()
                + cells.stream()
                        .flatMap(cell -> cell.points().stream().skip(1))
                        .mapToDouble(point -> point.trainingSeconds() + point.measuringSeconds())
                        .sum();
    }

    private List<String> advice(Path recipe, Optional<Path> model, TuneOutcome outcome, TuneSetting setting) {
        List<String> lines = new ArrayList<>();
        lines.add("    ./betatron align --recipe " + recipe + " --out DIR");
        lines.add("");
        if (model.isPresent()) {
            lines.add("That run was made already: its model is `" + model.get() + "`.");
            if (outcome.kl() > outcome.limit()) {
                lines.add(String.format(
                        Locale.ROOT,
                        "It ends %.2f nats from the start, beyond the %s that are allowed: its learning rate falls, so it"
                                + " cannot end earlier and be the same run. Fewer steps, a larger beta or a smaller learning"
                                + " rate keep it nearer.",
                        outcome.kl(),
                        outcome.limit()));
            }
        } else {
            lines.add("It ends after " + outcome.length() + " of the " + outcome.runSteps()
                    + " steps, where its measure was highest among what was measured within the allowed distance. The"
                    + " learning rate does not fall, so a run of so many steps is the part of the whole run that was"
                    + " measured.");
        }
        if (outcome.value().value() <= plan.start().measure().value()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%nNo setting is better than the start (%.3f): none of them helps by this measure.",
                    plan.start().measure().value()));
        }
        edges(setting).ifPresent(lines::add);
        return lines;
    }

    /// A best value at the edge of what was tried says little about what lies beyond.
    private Optional<String> edges(TuneSetting setting) {
        List<String> edges = new ArrayList<>();
        for (TuneAxis axis : request.grid().axes()) {
            String value = setting.values().get(axis.key());
            if (axis.isNumeric()
                    && axis.values().size() > 2
                    && (axis.values().getFirst().equals(value)
                            || axis.values().getLast().equals(value))) {
                edges.add(axis.key() + " " + value);
            }
        }
        return edges.isEmpty()
                ? Optional.empty()
                : Optional.of("\nAt the edge of what was tried: " + String.join(", ", edges)
                        + ". Values beyond may be better (`--vary`).");
    }

    private List<String> conditions() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "- Every setting is a whole run of %d steps that is stopped at a rung and goes on from its"
                                + " checkpoint: data order and learning rate are those of the whole run.",
                        plan.steps()),
                "- Measure: " + request.measuring().name() + ", of the model as it is at the rung; "
                        + "intervals are 95 % bootstrap percentiles over the held-out pairs' prompts. They do not cover"
                        + " another seed.",
                "- KL: mean log-ratio of answers drawn at temperature 1, nats per answer, from the model that all start"
                        + " from.",
                String.format(
                        Locale.ROOT,
                        "- Compared within the same distance: at step s of S, that of a run that will be %s nats away at its"
                                + " end (root of KL growing as steps do). Measures lie on straight lines between"
                                + " measurements.",
                        request.limit()),
                "- What was measured is chosen on these pairs, so the best value is a little too good: measure the chosen"
                        + " model on others.",
                "- Every number: `results.jsonl`; the outcome: `tune.json`.");
    }
}
