package org.betatron.runs.tune;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.betatron.evaluation.tuning.Standings;
import org.betatron.evaluation.tuning.TuneOutcome;

/// What came of a tuning.
///
/// @param outcome   what was chosen
/// @param standings at every rung
/// @param recipe    file of the recipe to run
/// @param model     directory of the model that the recipe gives; empty where the recipe is shorter
///     than the run that was measured
/// @param report    page to look at
public record TuneResult(
        TuneOutcome outcome, List<Standings> standings, Path recipe, Optional<Path> model, Path report) {

    public TuneResult {
        standings = List.copyOf(standings);
    }
}
