package org.betatron.core.model;

import java.util.Map;

/// Log-probabilities of all response tokens of one [PackedBatch], in nats.
///
/// Values are single precision as a model computes them; sums are taken in double precision.
/// Immutable as long as nobody writes into the array that [#values] lends.
public final class TokenLogProbs {

    private final PackedBatch batch;
    private final float[] values;
    private final Map<TokenQuantity, float[]> others;

    /// @param batch  the batch that was scored
    /// @param values one log-probability per response token, `[batch.numResponseTokens()]`, nats,
    ///     normally ≤ 0; kept, not copied
    /// @throws IllegalArgumentException if the lengths differ
    public TokenLogProbs(PackedBatch batch, float[] values) {
        this(batch, values, Map.of());
    }

    /// @param others further numbers of each response token, those that were asked for; kept, not copied
    public TokenLogProbs(PackedBatch batch, float[] values, Map<TokenQuantity, float[]> others) {
        if (values.length != batch.numResponseTokens()) {
            throw new IllegalArgumentException("values must have one entry per response token ("
                    + batch.numResponseTokens() + ") but had " + values.length);
        }
        this.batch = batch;
        this.values = values;
        this.others = others;
    }

    public PackedBatch batch() {
        return batch;
    }

    /// @return the log-probabilities in batch order, `[batch.numResponseTokens()]`; lent, not to be written
    public float[] values() {
        return values;
    }

    /// @param response number of a response in the batch
    /// @return log-probability of the whole response: the sum over its tokens, nats
    public double sum(int response) {
        return sum(response, 0);
    }

    /// @param response number of a response in the batch
    /// @param from     first token of the response that counts, ≥ 0
    /// @return log-probability of the response's tokens from there on, nats; 0 where there are none
    public double sum(int response, int from) {
        return sum(values, response, from);
    }

    /// @param quantity a quantity that was asked for
    /// @param response number of a response in the batch
    /// @return its sum over the response's tokens
    /// @throws IllegalStateException if it was not asked for
    public double sum(TokenQuantity quantity, int response) {
        return sum(quantity, response, 0);
    }

    /// @param from first token of the response that counts, ≥ 0
    public double sum(TokenQuantity quantity, int response, int from) {
        float[] numbers = others.get(quantity);
        if (numbers == null) {
            throw new IllegalStateException(quantity + " was not asked for");
        }
        return sum(numbers, response, from);
    }

    private double sum(float[] numbers, int response, int from) {
        double sum = 0;
        int end = batch.logProbOffset(response) + batch.responseLength(response);
        for (int i = batch.logProbOffset(response) + from; i < end; i++) {
            sum += numbers[i];
        }
        return sum;
    }
}
