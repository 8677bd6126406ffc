package org.betatron.core.logprob;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// Quantities of `n` rows of a batch: of preference pairs both responses, of labelled answers the one that exists.
///
/// An answer labelled desirable stands on the chosen side, an undesirable one on the rejected side; the
/// other side has length zero and scores zero. Immutable, thread-safe.
public final class PairLogProbs {

    private final ResponseLogProbs chosen;
    private final ResponseLogProbs rejected;
    private final @Nullable ResponseLogProbs mismatched;
    private final double @Nullable [] scoreGaps;

    /// @param chosen   chosen response of each row
    /// @param rejected rejected response of each row
    /// @throws IllegalArgumentException if the sides differ in size, or a row has neither response
    public PairLogProbs(ResponseLogProbs chosen, ResponseLogProbs rejected) {
        this(chosen, rejected, null, null);
    }

    /// Pairs of which nothing but summed log-probabilities is known.
    ///
    /// @param policyChosen      log-probability of each chosen response under the policy, `[n]`, nats
    /// @param policyRejected    the same of each rejected response
    /// @param referenceChosen   the same of each chosen response under the reference; zeros where none is used
    /// @param referenceRejected the same of each rejected response
    /// @param chosenLengths     number of scored tokens of each chosen response, `[n]`, ≥ 0
    /// @param rejectedLengths   the same of each rejected response
    /// @throws IllegalArgumentException if the arrays differ in length, or a row has no response
    public PairLogProbs(
            double[] policyChosen,
            double[] policyRejected,
            double[] referenceChosen,
            double[] referenceRejected,
            int[] chosenLengths,
            int[] rejectedLengths) {
        this(
                ResponseLogProbs.builder(chosenLengths, policyChosen)
                        .with(ResponseQuantity.REFERENCE, referenceChosen)
                        .build(),
                ResponseLogProbs.builder(rejectedLengths, policyRejected)
                        .with(ResponseQuantity.REFERENCE, referenceRejected)
                        .build());
    }

    private PairLogProbs(
            ResponseLogProbs chosen,
            ResponseLogProbs rejected,
            @Nullable ResponseLogProbs mismatched,
            double @Nullable [] scoreGaps) {
        int n = chosen.size();
        if (rejected.size() != n
                || (mismatched != null && mismatched.size() != n)
                || (scoreGaps != null && scoreGaps.length != n)) {
            throw new IllegalArgumentException("log-probabilities and lengths of pairs must have equal array lengths");
        }
        for (int i = 0; i < n; i++) {
            if (chosen.length(i) < 0 || rejected.length(i) < 0 || (chosen.length(i) == 0 && rejected.length(i) == 0)) {
                throw new IllegalArgumentException("response lengths must be at least 1 token but pair " + i + " had "
                        + chosen.length(i) + " (chosen) and " + rejected.length(i) + " (rejected)");
            }
        }
        this.chosen = chosen;
        this.rejected = rejected;
        this.mismatched = mismatched;
        this.scoreGaps = scoreGaps;
    }

    /// @param answers for each row another row's answer to this row's prompt
    /// @return the same rows with these answers
    public PairLogProbs withMismatched(ResponseLogProbs answers) {
        return new PairLogProbs(chosen, rejected, answers, scoreGaps);
    }

    /// @param gaps explicit score of the chosen minus that of the rejected response, `[n]`
    /// @return the same rows with these gaps
    public PairLogProbs withScoreGaps(double[] gaps) {
        return new PairLogProbs(chosen, rejected, mismatched, gaps.clone());
    }

    /// @return number of rows
    public int size() {
        return chosen.size();
    }

    public ResponseLogProbs chosen() {
        return chosen;
    }

    public ResponseLogProbs rejected() {
        return rejected;
    }

    /// @return for each row another row's answer to its prompt, where that was asked for
    public Optional<ResponseLogProbs> mismatched() {
        return Optional.ofNullable(mismatched);
    }

    /// @return whether the row has a chosen response
    public boolean hasChosen(int row) {
        return chosen.length(row) > 0;
    }

    /// @return whether the row has a rejected response
    public boolean hasRejected(int row) {
        return rejected.length(row) > 0;
    }

    /// @return whether every row has both responses
    public boolean isPaired() {
        for (int i = 0; i < size(); i++) {
            if (!hasChosen(i) || !hasRejected(i)) {
                return false;
            }
        }
        return true;
    }

    /// @return explicit score of the chosen minus that of the rejected response
    /// @throws IllegalStateException if the rows have no scores
    public double scoreGap(int row) {
        if (scoreGaps == null) {
            throw new IllegalStateException("the pairs have no explicit scores");
        }
        return scoreGaps[row];
    }

    /// @return scored tokens of both responses
    public int numTokens(int row) {
        return chosen.length(row) + rejected.length(row);
    }

    /// @param from first row
    /// @param to   one past the last row
    /// @return the rows `from .. to - 1`
    public PairLogProbs slice(int from, int to) {
        if (from == 0 && to == size()) {
            return this;
        }
        return new PairLogProbs(
                chosen.slice(from, to),
                rejected.slice(from, to),
                mismatched == null ? null : mismatched.slice(from, to),
                scoreGaps == null ? null : Arrays.copyOfRange(scoreGaps, from, to));
    }

    /// @param parts rows with the same quantities, at least one part
    /// @return all rows, in that order; what [#slice] took apart is as before
    /// @throws IllegalArgumentException if parts differ in what is known of their rows
    public static PairLogProbs concat(List<PairLogProbs> parts) {
        PairLogProbs first = parts.getFirst();
        for (PairLogProbs part : parts) {
            if ((part.mismatched == null) != (first.mismatched == null)
                    || (part.scoreGaps == null) != (first.scoreGaps == null)) {
                throw new IllegalArgumentException(
                        "rows that are put together must all have mismatched answers, and all"
                                + " have scores, or none");
            }
        }
        return new PairLogProbs(
                ResponseLogProbs.concat(parts.stream().map(part -> part.chosen).toList()),
                ResponseLogProbs.concat(
                        parts.stream().map(part -> part.rejected).toList()),
                first.mismatched == null
                        ? null
                        : ResponseLogProbs.concat(parts.stream()
                                .map(part -> Objects.requireNonNull(part.mismatched))
                                .toList()),
                first.scoreGaps == null
                        ? null
                        : parts.stream()
                                .flatMapToDouble(part -> DoubleStream.of(Objects.requireNonNull(part.scoreGaps)))
                                .toArray());
    }
}
