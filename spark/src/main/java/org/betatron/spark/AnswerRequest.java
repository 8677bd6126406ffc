package org.betatron.spark;

import java.nio.file.Path;
import org.betatron.data.layout.RowRules;
import org.betatron.generation.GenerationSpec;
import org.betatron.torch.device.ComputeDevice;

/// How prompts are answered.
///
/// @param model   on a file system that all executors see
/// @param rules   how rows are read
/// @param spec    how answers are drawn
/// @param device  where the model computes
/// @param threads of one operation; 0 for all cores of an executor
public record AnswerRequest(Path model, RowRules rules, GenerationSpec spec, ComputeDevice device, int threads) {

    /// @return the most probable answer to each prompt
    public static AnswerRequest of(Path model) {
        return new AnswerRequest(model, RowRules.DEFAULT, GenerationSpec.DEFAULT, ComputeDevice.DEFAULT, 0);
    }

    /// @return the same prompts, answered in another way
    public AnswerRequest withSpec(GenerationSpec newSpec) {
        return new AnswerRequest(model, rules, newSpec, device, threads);
    }

    /// @return the same prompts, with other threads
    public AnswerRequest withThreads(int newThreads) {
        return new AnswerRequest(model, rules, spec, device, newThreads);
    }
}
