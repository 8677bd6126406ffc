package org.betatron.training.supervised;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;

/// Log-probability of each text of a batch. Immutable.
public final class TextLogProbs {

    private final double[] logProbs; // [n], nats
    private final int[] lengths; // [n], tokens

    private TextLogProbs(double[] logProbs, int[] lengths) {
        this.logProbs = logProbs;
        this.lengths = lengths;
    }

    static TextLogProbs of(BatchNumbers numbers) {
        IntStream rows = IntStream.range(0, numbers.size());
        return new TextLogProbs(
                rows.mapToDouble(i -> numbers.sum(TokenQuantity.LOG_PROB, i, 0)).toArray(),
                IntStream.range(0, numbers.size())
                        .map(i -> numbers.length(i, 0))
                        .toArray());
    }

    static TextLogProbs concat(List<TextLogProbs> parts) {
        return new TextLogProbs(
                parts.stream()
                        .flatMapToDouble(part -> DoubleStream.of(part.logProbs))
                        .toArray(),
                parts.stream().flatMapToInt(part -> IntStream.of(part.lengths)).toArray());
    }

    /// @return number of texts
    public int size() {
        return logProbs.length;
    }

    /// @return log-probability of a text, nats
    public double logProb(int text) {
        return logProbs[text];
    }

    /// @return log-probability of all texts, one after the other, nats
    double sum() {
        double sum = 0;
        for (double logProb : logProbs) {
            sum += logProb;
        }
        return sum;
    }

    /// @return response tokens of all texts
    long numTokens() {
        return IntStream.of(lengths).asLongStream().sum();
    }
}
