package org.betatron.runs.evaluation;

import java.nio.file.Path;
import java.util.List;
import org.betatron.data.layout.RowRules;
import org.betatron.evaluation.judge.Judge;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.Realignment;
import org.betatron.runs.place.DataPlace;
import org.betatron.torch.device.ComputeDevice;
import org.jspecify.annotations.Nullable;

/// What is to be measured.
///
/// @param model        Hugging Face directory
/// @param realignment what the model is mixed with, or null for nothing
/// @param against      directory of the opponent, or null for the chosen answers of the files
/// @param reference    directory of the model that KL is taken against, or null for none
/// @param files        prompts, with chosen answers if these are the opponent
/// @param rules        how their rows are read
/// @param limit        most prompts, from the first; 0 for all
/// @param judge        who says which answer is better
/// @param temperatures at which both models answer, at least one
/// @param generation   everything else about the answers
/// @param device       where models compute
/// @param out          directory for `report.json` and `answers.jsonl`, or null
public record EvaluationRequest(
        Path model,
        @Nullable Realignment realignment,
        @Nullable Path against,
        @Nullable Path reference,
        List<Path> files,
        RowRules rules,
        int limit,
        Judge judge,
        List<Double> temperatures,
        GenerationSpec generation,
        ComputeDevice device,
        @Nullable Path out) {

    public EvaluationRequest {
        files = DataPlace.files(files);
        temperatures = List.copyOf(temperatures);
        if (limit < 0) {
            throw new IllegalArgumentException("the limit of prompts must be at least 0 but was " + limit);
        }
        if (temperatures.stream().distinct().count() != temperatures.size()) {
            throw new IllegalArgumentException("a temperature may be given once but they were " + temperatures);
        }
    }

    /// @param model   Hugging Face directory of what is measured
    /// @param against Hugging Face directory of its opponent
    /// @param files   prompts
    /// @return most probable and drawn answers to all prompts, with the divergence from the opponent
    public static EvaluationRequest of(Path model, Path against, List<Path> files, Judge judge) {
        return new EvaluationRequest(
                model,
                null,
                against,
                against,
                files,
                RowRules.DEFAULT,
                0,
                judge,
                List.of(0.0, 1.0),
                GenerationSpec.DEFAULT,
                ComputeDevice.DEFAULT,
                null);
    }

    /// @return the same measurement of fewer prompts
    public EvaluationRequest withLimit(int newLimit) {
        return new EvaluationRequest(
                model,
                realignment,
                against,
                reference,
                files,
                rules,
                newLimit,
                judge,
                temperatures,
                generation,
                device,
                out);
    }

    /// @return the same measurement of answers made in another way
    public EvaluationRequest withGeneration(GenerationSpec newGeneration) {
        return new EvaluationRequest(
                model,
                realignment,
                against,
                reference,
                files,
                rules,
                limit,
                judge,
                temperatures,
                newGeneration,
                device,
                out);
    }

    /// @return the same measurement of a mixture, its divergence taken from the reference
    EvaluationRequest realigned(Realignment other, Path newOut) {
        return new EvaluationRequest(
                model,
                other,
                against,
                other.reference(),
                files,
                rules,
                limit,
                judge,
                temperatures,
                generation,
                device,
                newOut);
    }

    /// @return settings of the answers at one temperature; greedy answers to a prompt are all the same, so
    ///     there is one
    GenerationSpec at(double temperature) {
        GenerationSpec spec = generation.withSampling(generation.sampling().withTemperature(temperature));
        return temperature == 0 ? spec.withSamples(1) : spec;
    }
}
