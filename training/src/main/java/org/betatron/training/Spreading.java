package org.betatron.training;

import java.util.Arrays;
import org.betatron.data.packing.BatchNumbers;

/// Derivatives of responses as derivatives of their tokens: a sum over tokens passes its own on to each.
public final class Spreading {

    private Spreading() {}

    /// @param numbers     of the batch that the row is in
    /// @param index       of the row in it
    /// @param derivatives of a row's responses, in their order
    /// @return one number per response token of the row, those of all its responses together
    public static float[] overResponses(BatchNumbers numbers, int index, double... derivatives) {
        float[] spread = new float[numbers.numResponseTokens(index)];
        int from = 0;
        for (int response = 0; response < derivatives.length; response++) {
            int to = from + numbers.length(index, response);
            Arrays.fill(spread, from, to, (float) derivatives[response]);
            from = to;
        }
        return spread;
    }
}
