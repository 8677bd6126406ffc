package org.betatron.core.objective;

import java.util.Arrays;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.statistics.Moments;

/// What the score of an answer is measured against: one number for all chosen and one for all rejected
/// answers of a batch. A constant for differentiation.
interface ScoreBaseline {

    /// Zero.
    ScoreBaseline NONE = (_, _, _) -> new Values(0, 0);

    /// @param score   the score that is measured
    /// @param batch   the batch and the weights of its rows
    /// @param tracked running moments of [#tracked]
    Values of(ResponseScore score, WeightedBatch batch, Moments tracked);

    default RequiredInputs inputs() {
        return RequiredInputs.NONE;
    }

    default RowKind rows() {
        return RowKind.ANY;
    }

    /// @return whether a row's loss depends on no other row of the batch
    default boolean isRowByRow() {
        return true;
    }

    /// @return whether it follows running moments of [#tracked]
    default boolean keepsStatistics() {
        return false;
    }

    /// @return the numbers of a batch whose running moments the baseline wants to know
    default double[] tracked(ResponseScore score, PairLogProbs pairs) {
        return new double[0];
    }

    /// @param chosen   baseline of chosen answers, units of the score
    /// @param rejected baseline of rejected answers
    record Values(double chosen, double rejected) {}

    /// The shift of BCO: the mean score of every answer seen so far, chosen and rejected.
    ///
    /// Source: Jung et al. 2024, arXiv 2404.04656; as a mean over the whole history, as TRL's trainer keeps
    /// it. TRL's `bco_pair` loss has no shift.
    record RunningMean() implements ScoreBaseline {

        @Override
        public Values of(ResponseScore score, WeightedBatch batch, Moments tracked) {
            return new Values(tracked.populationMean(), tracked.populationMean());
        }

        @Override
        public boolean keepsStatistics() {
            return true;
        }

        @Override
        public double[] tracked(ResponseScore score, PairLogProbs pairs) {
            double[] scores = new double[2 * pairs.size()];
            int count = 0;
            for (int i = 0; i < pairs.size(); i++) {
                if (pairs.hasChosen(i)) {
                    scores[count++] = score.of(pairs.chosen(), i);
                }
                if (pairs.hasRejected(i)) {
                    scores[count++] = score.of(pairs.rejected(), i);
                }
            }
            return Arrays.copyOf(scores, count);
        }
    }

    /// KTO's estimate of the divergence from the reference: the mean log-ratio of answers to other prompts
    /// than their own, at least zero.
    ///
    /// Source: Ethayarajh et al. 2024, arXiv 2402.01306, equation 8. Over all kept rows of the batch: the
    /// sum first, then the bound.
    record Mismatched() implements ScoreBaseline {

        @Override
        public RequiredInputs inputs() {
            return new RequiredInputs(RequiredInputs.REFERENCE.quantities(), 0, true, false);
        }

        @Override
        public RowKind rows() {
            return RowKind.ANSWERS;
        }

        @Override
        public boolean isRowByRow() {
            return false;
        }

        @Override
        public Values of(ResponseScore score, WeightedBatch batch, Moments tracked) {
            ResponseLogProbs answers = batch.pairs()
                    .mismatched()
                    .orElseThrow(() -> new IllegalStateException("mismatched answers were not computed"));
            double mean = batch.meanOfKept(answers::logRatio, answers);
            return new Values(Math.max(0, mean), Math.max(0, mean));
        }
    }

    /// The baselines of KTO on pairs: each side is measured against the mean score of the other, at least zero.
    ///
    /// Source: the `kto_pair` loss of TRL before 0.9, there over a micro-batch and with a gradient through
    /// the means, which the paper has not.
    record OtherSide() implements ScoreBaseline {

        @Override
        public RowKind rows() {
            return RowKind.PAIRS;
        }

        @Override
        public boolean isRowByRow() {
            return false;
        }

        @Override
        public Values of(ResponseScore score, WeightedBatch batch, Moments tracked) {
            ResponseLogProbs chosen = batch.pairs().chosen();
            ResponseLogProbs rejected = batch.pairs().rejected();
            return new Values(
                    Math.max(0, batch.meanOfKept(i -> score.of(rejected, i), rejected)),
                    Math.max(0, batch.meanOfKept(i -> score.of(chosen, i), chosen)));
        }
    }
}
