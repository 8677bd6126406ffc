package org.betatron.torch.linear;

import org.betatron.core.RandomStreams;
import org.betatron.core.model.PackedBatch;

/// What the small matrices of low-rank weights do not get in one training step (dropout, Srivastava et al. 2014, JMLR
/// 15).
///
/// ```text
/// mix = finaliser of SplitMix64 (RandomStreams.mix), all numbers of 64 bits
/// row:  h = mix(seed), then h = mix(h + token) for each token of the row's sequence up to its own
/// map:  m = 0,         then m = mix(m + c) for each character c of the name of its weight
/// draw: z_k = mix(mix(h ^ m) + k * 0x9e3779b97f4a7c15)
/// number 2k of the row is dropped if the low half of z_k is below p 2^32, number 2k + 1 by the high half
/// ```
///
/// So a row that is computed again, in another micro-batch, or shared by several responses loses the same numbers;
/// rows with the same tokens before them are one row in this sense.
///
/// @param share p, probability of a number to be dropped, in [0, 1)
/// @param seed  of the step
public record Dropout(double share, long seed) {

    /// Nothing is dropped.
    public static final Dropout NONE = new Dropout(0, 0);

    public boolean isNone() {
        return share == 0;
    }

    /// @return what the small matrices are scaled with besides: so that their sum is the same in the mean
    double scale() {
        return 1 / (1 - share);
    }

    /// @return h of every row of a batch, `[batch.numTokens()]`
    long[] rowSeeds(PackedBatch batch) {
        long[] seeds = new long[batch.numTokens()];
        long start = RandomStreams.mix(seed);
        for (int group = 0; group < batch.numGroups(); group++) {
            int promptStart = batch.promptStart(group);
            long afterPrompt = chain(start, batch, promptStart, batch.promptLength(group), seeds);
            for (int i = 0; i < batch.numResponses(group); i++) {
                int response = batch.firstResponse(group) + i;
                chain(afterPrompt, batch, batch.responseStart(response), batch.responseLength(response), seeds);
            }
        }
        return seeds;
    }

    private static long chain(long before, PackedBatch batch, int first, int length, long[] seeds) {
        long hash = before;
        for (int row = first; row < first + length; row++) {
            hash = RandomStreams.mix(hash + batch.tokenIds()[row]);
            seeds[row] = hash;
        }
        return hash;
    }

    /// @param map name of a map's weight
    /// @return m
    static long mapSeed(String map) {
        long hash = 0;
        for (int i = 0; i < map.length(); i++) {
            hash = RandomStreams.mix(hash + map.charAt(i));
        }
        return hash;
    }

    /// @param rowSeed h
    /// @param mapSeed m
    /// @param into    gets 1 for each number that is dropped and 0 for the others
    /// @param from    first place in it
    /// @param width   numbers of the row
    void draw(long rowSeed, long mapSeed, byte[] into, int from, int width) {
        long limit = Math.round(share * (1L << 32));
        long state = RandomStreams.mix(rowSeed ^ mapSeed);
        int end = from + width;
        for (int i = from; i < end; i += 2) {
            long drawn = RandomStreams.mix(state);
            state += RandomStreams.STEP;
            into[i] = below(drawn & 0xffffffffL, limit);
            if (i + 1 < end) {
                into[i + 1] = below(drawn >>> 32, limit);
            }
        }
    }

    /// Without a branch, which could not be foreseen.
    private static byte below(long number, long limit) {
        return (byte) ((number - limit) >>> 63);
    }
}
