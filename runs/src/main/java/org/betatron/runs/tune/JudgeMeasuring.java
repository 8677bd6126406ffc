package org.betatron.runs.tune;

import java.nio.file.Path;
import java.util.List;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.runs.RunListener;
import org.betatron.runs.evaluation.EvaluationRequest;
import org.betatron.runs.evaluation.EvaluationResult;
import org.betatron.runs.evaluation.EvaluationRun;
import org.betatron.training.run.Settings;
import org.betatron.training.run.TrainingException;

/// By a judge of drawn answers: their mean score where it gives scores, their win rate over the
/// chosen answers of the held-out pairs where it does not.
///
/// @param name    as the report calls the measure
/// @param judge   who says which answer is better
/// @param heldOut whose prompts are answered
public record JudgeMeasuring(String name, Judge judge, HeldOutPairs heldOut) implements Measuring {

    @Override
    public Settings settings() {
        return heldOut.settings().with("by", judge.identity());
    }

    @Override
    public Measured measure(Path model, RunListener listener) {
        EvaluationResult result = EvaluationRun.run(
                new EvaluationRequest(
                        model,
                        null,
                        null,
                        heldOut.start(),
                        heldOut.files(),
                        heldOut.recipe().data().rules(),
                        heldOut.limit(),
                        judge,
                        List.of(1.0),
                        heldOut.generation(),
                        heldOut.recipe().compute().device(),
                        null),
                listener);
        if (result.gaveUp().isPresent()) {
            if (judge instanceof ScoreJudge) {
                // A score needs nobody's help: what it cannot judge are the answers of this model.
                throw new TrainingException(String.valueOf(result.gaveUp().get().getMessage()));
            }
            throw result.gaveUp().get();
        }
        ComparisonReport report = result.reports().getFirst();
        return new Measured(report.measure(), report.kl());
    }
}
