package org.betatron.training.online;

import static org.betatron.core.Numbers.require;

import java.util.List;

/// How answers are written to learn from.
///
/// A rollout has as many answers as `batches` optimizer batches; each is learned from `epochs`
/// times before the next one is written.
///
/// @param samples      answers to each prompt, ≥ 1
/// @param maxNewTokens most tokens of an answer, ≥ 1; longer ones are cut
/// @param stop         texts that end an answer where they occur
/// @param temperature  of the draws, > 0
/// @param batches      optimizer batches of a rollout, ≥ 1
/// @param epochs       times that each is learned from, ≥ 1
/// @param resample     how often other prompts are asked instead of those whose answers teach
///     nothing, ≥ 0
/// @param atOnce       answers that are written at the same time, ≥ 1; changes the speed, not the
///     answers
public record RolloutSpec(
        int samples,
        int maxNewTokens,
        List<String> stop,
        double temperature,
        int batches,
        int epochs,
        int resample,
        int atOnce) {

    /// Eight answers of up to 128 tokens, each learned from once.
    public static final RolloutSpec DEFAULT = new RolloutSpec(8, 128, List.of(), 1, 1, 1, 0, 32);

    public RolloutSpec {
        stop = List.copyOf(stop);
        atLeast("samples", 1, samples);
        atLeast("maxNewTokens", 1, maxNewTokens);
        require("temperature", temperature > 0 && temperature < Double.POSITIVE_INFINITY, "> 0", temperature);
        atLeast("batches", 1, batches);
        atLeast("epochs", 1, epochs);
        atLeast("resample", 0, resample);
        if (resample >= RolloutWriter.MAX_TRIES) {
            throw new IllegalArgumentException(
                    "resample must be < " + RolloutWriter.MAX_TRIES + " but was " + resample);
        }
        atLeast("atOnce", 1, atOnce);
    }

    private static void atLeast(String name, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be ≥ " + least + " but was " + value);
        }
    }

    /// @return optimizer steps on one rollout
    public int steps() {
        return batches * epochs;
    }

    /// @return the same with another number of answers to each prompt
    public RolloutSpec withSamples(int other) {
        return new RolloutSpec(other, maxNewTokens, stop, temperature, batches, epochs, resample, atOnce);
    }

    /// @return the same with answers of another length
    public RolloutSpec withMaxNewTokens(int other) {
        return new RolloutSpec(samples, other, stop, temperature, batches, epochs, resample, atOnce);
    }

    /// @return the same, with every answer that is written
    public RolloutSpec withoutResampling() {
        return new RolloutSpec(samples, maxNewTokens, stop, temperature, batches, epochs, 0, atOnce);
    }

    /// @return the same with other portions
    public RolloutSpec withSteps(int newBatches, int newEpochs) {
        return new RolloutSpec(samples, maxNewTokens, stop, temperature, newBatches, newEpochs, resample, atOnce);
    }
}
