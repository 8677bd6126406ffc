package org.betatron.generation;

import java.io.Serializable;
import java.util.List;
import org.betatron.core.sampling.SamplingSpec;

/// How answers are generated.
///
/// @param sampling     how each token is chosen
/// @param samples      answers to each prompt, in [1, 1048576]
/// @param maxNewTokens most tokens of an answer, ≥ 1
/// @param stop         texts that end an answer where they occur; they do not belong to it
/// @param batchSize    answers that are written at the same time, ≥ 1; changes the speed, not the
///     answers
/// @param seed         seed of the draws
public record GenerationSpec(
        SamplingSpec sampling, int samples, int maxNewTokens, List<String> stop, int batchSize, long seed)
        implements Serializable {

    /// Samples of a prompt have consecutive streams of random numbers; this many belong to each
    /// prompt.
    static final int MAX_SAMPLES = 1 << 20;

    /// One greedy answer; ours. 32 answers at once come near the highest speed on two cores.
    public static final GenerationSpec DEFAULT = new GenerationSpec(SamplingSpec.GREEDY, 1, 128, List.of(), 32, 0);

    public GenerationSpec {
        stop = List.copyOf(stop);
        if (samples < 1 || samples > MAX_SAMPLES) {
            throw new IllegalArgumentException("samples must be in [1, " + MAX_SAMPLES + "] but was " + samples);
        }
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens must be at least 1 but was " + maxNewTokens);
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize must be at least 1 but was " + batchSize);
        }
        if (stop.contains("")) {
            throw new IllegalArgumentException("a stop text must not be empty");
        }
    }

    public GenerationSpec withSampling(SamplingSpec other) {
        return new GenerationSpec(other, samples, maxNewTokens, stop, batchSize, seed);
    }

    public GenerationSpec withSamples(int other) {
        return new GenerationSpec(sampling, other, maxNewTokens, stop, batchSize, seed);
    }

    public GenerationSpec withMaxNewTokens(int other) {
        return new GenerationSpec(sampling, samples, other, stop, batchSize, seed);
    }

    public GenerationSpec withStop(List<String> other) {
        return new GenerationSpec(sampling, samples, maxNewTokens, other, batchSize, seed);
    }

    public GenerationSpec withSeed(long other) {
        return new GenerationSpec(sampling, samples, maxNewTokens, stop, batchSize, other);
    }
}
