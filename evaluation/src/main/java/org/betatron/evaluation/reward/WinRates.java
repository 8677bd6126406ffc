package org.betatron.evaluation.reward;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.betatron.core.Numbers;

/// How probable it is that one answer of a group is better than another. Immutable.
///
/// ```text
/// P(i beats j) in [0, 1], 1/2 for a tie, NaN where nobody said
/// P(j beats i) = 1 - P(i beats j);  P(i beats i) = 1/2
/// ```
public final class WinRates {

    private final double[][] rates; // [answers][answers]

    private WinRates(double[][] rates) {
        this.rates = rates;
    }

    /// @param size answers of the group, ≥ 1
    /// @return rates of which nothing is known yet
    static WinRates unknown(int size) {
        double[][] rates = new double[size][size];
        for (int i = 0; i < size; i++) {
            Arrays.fill(rates[i], Double.NaN);
            rates[i][i] = 0.5;
        }
        return new WinRates(rates);
    }

    /// Rates that scores stand for, as in the model of Bradley and Terry:
    ///
    /// ```text
    /// P(i beats j) = sigmoid(score_i - score_j)
    /// ```
    ///
    /// @param scores of the answers, such as those of a reward model; NaN for one without a score,
    ///     whose rates are NaN
    public static WinRates ofScores(double... scores) {
        WinRates known = unknown(scores.length);
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < i; j++) {
                if (!Double.isNaN(scores[i] - scores[j])) {
                    known.set(i, j, Numbers.sigmoid(scores[i] - scores[j]));
                }
            }
        }
        return known;
    }

    /// Before anybody else sees them.
    void set(int i, int j, double rate) {
        rates[i][j] = rate;
        rates[j][i] = 1 - rate;
    }

    /// @return number of answers
    public int size() {
        return rates.length;
    }

    /// @return P(i beats j); NaN where nobody said
    public double of(int i, int j) {
        return rates[i][j];
    }

    /// @return mean of P(i beats j) over the other answers j of which it is known; NaN if it is of
    ///     none
    public double mean(int i) {
        return IntStream.range(0, rates.length)
                .filter(j -> j != i && !Double.isNaN(rates[i][j]))
                .mapToDouble(j -> rates[i][j])
                .average()
                .orElse(Double.NaN);
    }

    /// @return [#mean] of every answer
    public double[] means() {
        return IntStream.range(0, rates.length).mapToDouble(this::mean).toArray();
    }
}
