package org.betatron.training;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.betatron.core.reward.RewardLoss;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.row.TokenizedPair;
import org.betatron.training.run.Metrics;

/// Scores of a batch of pairs under a reward model, and the loss that follows from them.
final class RewardBatch {

    private static final int CHOSEN = 0;
    private static final int REJECTED = 1;

    private final List<TokenizedPair> rows;
    private final BatchLogProbs scored;
    private final double[] chosen;
    private final double[] rejected;
    private final RewardLoss value;

    /// @param rows   the data set
    /// @param scored numbers of the batch under a reward model
    /// @throws IllegalArgumentException if the loss has a margin and a row no scores, naming it
    RewardBatch(RewardSpec spec, List<TokenizedPair> rows, BatchLogProbs scored) {
        this.rows = rows;
        this.scored = scored;
        chosen = column(index -> scored.sum(index, CHOSEN));
        rejected = column(index -> scored.sum(index, REJECTED));
        value = RewardLoss.of(
                chosen,
                rejected,
                column(index -> spec.needsScores() ? spec.marginScale() * scoreGap(row(index)) : 0),
                spec.centering());
    }

    private double[] column(IntToDoubleFunction number) {
        double[] column = new double[scored.size()];
        Arrays.setAll(column, number);
        return column;
    }

    private TokenizedPair row(int index) {
        return rows.get(scored.row(index));
    }

    private static double scoreGap(TokenizedPair row) {
        return row.scoreGap()
                .orElseThrow(() -> new IllegalArgumentException(
                        "pair '" + row.id() + "' (" + row.place() + ") must have a score on both answers"));
    }

    RewardLoss value() {
        return value;
    }

    /// @return derivative of the loss by the number of each response token of a row
    ///
    /// @param share factor of all of them
    float[] tokenDerivatives(int index, double share) {
        return StepDecision.spread(
                scored, index, share * value.chosenDerivative(index), share * value.rejectedDerivative(index));
    }

    /// Adds means over the batch.
    void measure(Metrics.Builder metrics) {
        double meanChosen = Arrays.stream(chosen).average().orElse(0);
        double meanRejected = Arrays.stream(rejected).average().orElse(0);
        metrics.put("loss", value.loss())
                .put("reward/chosen", meanChosen)
                .put("reward/rejected", meanRejected)
                .put("margin", meanChosen - meanRejected)
                .put(
                        "accuracy",
                        Arrays.stream(column(index -> chosen[index] > rejected[index] ? 1 : 0))
                                .average()
                                .orElse(0));
    }

    /// Adds the share of pairs that the model puts in the order of the data's own scores, of all
    /// whose two scores differ; nothing where no pair has two.
    void measureAgreement(Metrics.Builder metrics) {
        IntStream.range(0, scored.size())
                .filter(index -> row(index).scoreGap().orElse(0) != 0)
                .mapToDouble(index -> (chosen[index] - rejected[index]) * scoreGap(row(index)) > 0 ? 1 : 0)
                .average()
                .ifPresent(share -> metrics.put("agreement", share));
    }

    /// @return what the model says about each row
    List<PairMeasurement> measurements() {
        return IntStream.range(0, scored.size())
                .mapToObj(index -> new PairMeasurement(
                        row(index),
                        chosen[index],
                        rejected[index],
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        chosen[index] - rejected[index],
                        value.pairLoss(index)))
                .toList();
    }

    /// @return a row's id and scores for a message
    String describe(int index) {
        return "'" + row(index).id() + "', score chosen " + chosen[index] + " and rejected " + rejected[index];
    }
}
