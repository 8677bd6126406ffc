package org.betatron.core.model;

import java.util.Map;

/// What a model says about every response token of one [PackedBatch], by quantity.
///
/// Values are single precision as a model computes them; sums are taken in double precision.
/// Immutable as long as nobody writes into the arrays that it lends.
public final class TokenNumbers {

    private final PackedBatch batch;
    private final Map<TokenQuantity, float[]> numbers;

    /// @param batch   the batch that was scored
    /// @param numbers for each quantity that was computed one number per response token,
    ///     `[batch.numResponseTokens()]`; kept, not copied
    /// @throws IllegalArgumentException if the lengths differ
    public TokenNumbers(PackedBatch batch, Map<TokenQuantity, float[]> numbers) {
        numbers.forEach((quantity, values) -> {
            if (values.length != batch.numResponseTokens()) {
                throw new IllegalArgumentException(quantity + " must have one entry per response token ("
                        + batch.numResponseTokens() + ") but had " + values.length);
            }
        });
        this.batch = batch;
        this.numbers = numbers;
    }

    /// @param logProbs log-probability of each response token, nats, normally ≤ 0; kept, not copied
    public static TokenNumbers ofLogProbs(PackedBatch batch, float[] logProbs) {
        return new TokenNumbers(batch, Map.of(TokenQuantity.LOG_PROB, logProbs));
    }

    public PackedBatch batch() {
        return batch;
    }

    /// @return every quantity; lent, not to be written
    public Map<TokenQuantity, float[]> all() {
        return numbers;
    }

    /// @return one number per response token in batch order, `[batch.numResponseTokens()]`; lent, not to be written
    /// @throws IllegalStateException if it was not asked for
    public float[] of(TokenQuantity quantity) {
        float[] values = numbers.get(quantity);
        if (values == null) {
            throw new IllegalStateException(quantity + " was not asked for");
        }
        return values;
    }

    /// @return [TokenQuantity#LOG_PROB] of each response token; lent, not to be written
    public float[] logProbs() {
        return of(TokenQuantity.LOG_PROB);
    }

    /// @param quantity a quantity that was asked for
    /// @param response number of a response in the batch
    /// @return its sum over the response's tokens
    /// @throws IllegalStateException if it was not asked for
    public double sum(TokenQuantity quantity, int response) {
        return sum(quantity, response, 0);
    }

    /// @param from first token of the response that counts, ≥ 0
    /// @return the sum from there on; 0 where there are no such tokens
    public double sum(TokenQuantity quantity, int response, int from) {
        float[] values = of(quantity);
        double sum = 0;
        int end = batch.logProbOffset(response) + batch.responseLength(response);
        for (int i = batch.logProbOffset(response) + from; i < end; i++) {
            sum += values[i];
        }
        return sum;
    }
}
