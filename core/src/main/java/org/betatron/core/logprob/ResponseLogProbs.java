package org.betatron.core.logprob;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Quantities of `n` responses, one of each row of a batch: all chosen ones, or all rejected ones.
///
/// A length of zero says that the row has no such response; its quantities are zero then.
/// Immutable: arrays are copied in. Thread-safe.
public final class ResponseLogProbs {

    private final int[] lengths;
    private final double[] policy;
    private final Map<ResponseQuantity, double[]> values; // the policy among them

    private ResponseLogProbs(int[] lengths, double[] policy, Map<ResponseQuantity, double[]> values) {
        this.lengths = lengths;
        this.policy = policy;
        this.values = values;
    }

    /// @param lengths number of scored tokens of each response, `[n]`, ≥ 0
    /// @param policy  log-probability of each response under the policy, `[n]`, nats
    /// @return a builder to which further quantities are added
    public static Builder builder(int[] lengths, double[] policy) {
        return new Builder(lengths, policy);
    }

    public int size() {
        return policy.length;
    }

    /// @return scored tokens of the response; 0 where the row has none
    public int length(int row) {
        return lengths[row];
    }

    /// @return log-probability of the response under the policy, nats
    public double policy(int row) {
        return policy[row];
    }

    /// @param quantity what to read
    /// @return its value for the response, nats
    /// @throws IllegalStateException if the quantity was not computed, which means that whoever reads it
    ///     has not said so in its [RequiredInputs]
    public double get(ResponseQuantity quantity, int row) {
        double[] column = values.get(quantity);
        if (column == null) {
            throw new IllegalStateException(quantity + " was not computed: name it in the required inputs");
        }
        return column[row];
    }

    public boolean has(ResponseQuantity quantity) {
        return values.containsKey(quantity);
    }

    /// @return `log p(y) - log q(y)`, q: reference, nats; 0 where the row has no such response
    /// @throws IllegalStateException if the reference was not asked for
    public double logRatio(int row) {
        return policy(row) - get(ResponseQuantity.REFERENCE, row);
    }

    /// @return the responses `from .. to - 1`
    public ResponseLogProbs slice(int from, int to) {
        Builder slice = builder(Arrays.copyOfRange(lengths, from, to), Arrays.copyOfRange(policy, from, to));
        values.forEach((quantity, column) -> slice.with(quantity, Arrays.copyOfRange(column, from, to)));
        return slice.build();
    }

    /// @param parts responses with the same quantities, at least one
    /// @return all of them, in that order
    /// @throws IllegalArgumentException if their quantities differ
    public static ResponseLogProbs concat(List<ResponseLogProbs> parts) {
        Set<ResponseQuantity> quantities = parts.getFirst().values.keySet();
        if (!parts.stream().allMatch(part -> part.values.keySet().equals(quantities))) {
            throw new IllegalArgumentException("responses that are put together must have the same quantities but had "
                    + parts.stream()
                            .map(part -> part.values.keySet())
                            .distinct()
                            .toList());
        }
        Builder whole = builder(
                parts.stream().flatMapToInt(part -> IntStream.of(part.lengths)).toArray(),
                column(parts, ResponseQuantity.POLICY));
        quantities.forEach(quantity -> whole.with(quantity, column(parts, quantity)));
        return whole.build();
    }

    private static double[] column(List<ResponseLogProbs> parts, ResponseQuantity quantity) {
        return parts.stream()
                .flatMapToDouble(part -> DoubleStream.of(Objects.requireNonNull(part.values.get(quantity))))
                .toArray();
    }

    /// Collects the quantities of responses. Not thread-safe; usable once.
    public static final class Builder {

        private final int[] lengths;
        private final double[] policy;
        private final Map<ResponseQuantity, double[]> values = new EnumMap<>(ResponseQuantity.class);

        private Builder(int[] lengths, double[] policy) {
            this.lengths = lengths.clone();
            this.policy = policy.clone();
            values.put(ResponseQuantity.POLICY, this.policy);
            requireLength(policy.length);
        }

        /// @param quantity what is added
        /// @param perRow   its value for each response, `[n]`, nats
        /// @return this builder
        /// @throws IllegalArgumentException if the length differs
        public Builder with(ResponseQuantity quantity, double[] perRow) {
            requireLength(perRow.length);
            values.put(quantity, perRow.clone());
            return this;
        }

        public ResponseLogProbs build() {
            return new ResponseLogProbs(lengths, policy, values);
        }

        private void requireLength(int length) {
            if (length != lengths.length) {
                throw new IllegalArgumentException(
                        "log-probabilities and lengths of pairs must have equal array lengths");
            }
        }
    }
}
