package org.betatron.testkit;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.PackedBatch;

/// Makes random token ids and packed batches from a seed, ragged on purpose: prompts and responses
/// of every length from one token on.
public final class RandomBatches {

    private RandomBatches() {}

    /// @param seed              seed of the content; equal arguments give equal batches
    /// @param numGroups         prompts, ≥ 1
    /// @param responsesPerGroup responses of each prompt, ≥ 1
    /// @param vocabularySize    ids are below this
    /// @param maxLength         longest prompt, and longest response, tokens
    /// @return the batch
    public static PackedBatch batch(
            long seed, int numGroups, int responsesPerGroup, int vocabularySize, int maxLength) {
        PackedBatch.Builder builder = PackedBatch.builder();
        for (int group = 0; group < numGroups; group++) {
            RandomGenerator random = RandomStreams.stream(seed, "batch", group);
            int[] prompt = tokens(random, vocabularySize, maxLength);
            int[][] responses = new int[responsesPerGroup][];
            Arrays.setAll(responses, _ -> tokens(random, vocabularySize, maxLength));
            builder.add(prompt, responses);
        }
        return builder.build();
    }

    /// @param random         where ids and length come from
    /// @param vocabularySize ids are below this
    /// @param maxLength      largest length
    /// @return between 1 and `maxLength` token ids
    public static int[] tokens(RandomGenerator random, int vocabularySize, int maxLength) {
        int[] tokens = new int[random.nextInt(1, maxLength + 1)];
        Arrays.setAll(tokens, _ -> random.nextInt(vocabularySize));
        return tokens;
    }
}
