package org.betatron.training.reward;

import static org.betatron.core.run.MetricNames.ACCURACY;
import static org.betatron.core.run.MetricNames.AGREEMENT;
import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.MARGIN;
import static org.betatron.core.run.MetricNames.REWARD_CHOSEN;
import static org.betatron.core.run.MetricNames.REWARD_REJECTED;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.reward.RewardLoss;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.row.TokenizedPair;
import org.betatron.training.MeasuredRows;
import org.betatron.training.run.Metrics;

/// Scores of a batch of pairs under a reward model, and the margins that they should keep. Immutable.
public final class RewardedPairs {

    private static final int CHOSEN = 0;
    private static final int REJECTED = 1;

    private final double[] chosen;
    private final double[] rejected;
    private final double[] margins;

    private RewardedPairs(double[] chosen, double[] rejected, double[] margins) {
        this.chosen = chosen;
        this.rejected = rejected;
        this.margins = margins;
    }

    /// @param rows with numbers of a reward model
    /// @throws IllegalArgumentException if the loss has a margin and a row no scores, naming it
    static RewardedPairs of(RewardSpec spec, MeasuredRows<TokenizedPair> rows) {
        return new RewardedPairs(
                column(rows, index -> rows.numbers().sum(TokenQuantity.SCORE, index, CHOSEN)),
                column(rows, index -> rows.numbers().sum(TokenQuantity.SCORE, index, REJECTED)),
                column(rows, index -> spec.needsScores() ? spec.marginScale() * scoreGap(rows.row(index)) : 0));
    }

    static RewardedPairs concat(List<RewardedPairs> parts) {
        return new RewardedPairs(
                column(parts, part -> part.chosen),
                column(parts, part -> part.rejected),
                column(parts, part -> part.margins));
    }

    private static double[] column(List<RewardedPairs> parts, Function<RewardedPairs, double[]> column) {
        return parts.stream()
                .flatMapToDouble(part -> DoubleStream.of(column.apply(part)))
                .toArray();
    }

    private static double[] column(MeasuredRows<TokenizedPair> rows, IntToDoubleFunction number) {
        double[] column = new double[rows.size()];
        Arrays.setAll(column, number);
        return column;
    }

    private static double scoreGap(TokenizedPair row) {
        return row.scoreGap()
                .orElseThrow(() -> new IllegalArgumentException(
                        "pair '" + row.id() + "' (" + row.place() + ") must have a score on both answers"));
    }

    /// @return number of pairs
    public int size() {
        return chosen.length;
    }

    public double chosen(int pair) {
        return chosen[pair];
    }

    public double rejected(int pair) {
        return rejected[pair];
    }

    /// @param total pairs of the whole batch, of which these may be a part
    RewardLoss loss(RewardSpec spec, double total) {
        return RewardLoss.of(chosen, rejected, margins, spec.centering(), total);
    }

    /// Adds means over the pairs.
    void measure(RewardLoss loss, Metrics.Builder metrics) {
        OptionalDouble meanChosen = Arrays.stream(chosen).average();
        OptionalDouble meanRejected = Arrays.stream(rejected).average();
        metrics.put(LOSS, loss.loss()).put(REWARD_CHOSEN, meanChosen).put(REWARD_REJECTED, meanRejected);
        meanChosen.ifPresent(mean -> metrics.put(MARGIN, mean - meanRejected.orElseThrow()));
        metrics.put(
                ACCURACY,
                IntStream.range(0, size())
                        .mapToDouble(pair -> chosen[pair] > rejected[pair] ? 1 : 0)
                        .average());
    }

    /// Adds the share of pairs that the model puts in the order of the data's own scores, of all
    /// whose two scores differ; nothing where no pair has two.
    void measureAgreement(MeasuredRows<TokenizedPair> rows, Metrics.Builder metrics) {
        IntStream.range(0, size())
                .filter(pair -> rows.row(pair).scoreGap().orElse(0) != 0)
                .mapToDouble(pair -> (chosen[pair] - rejected[pair]) * scoreGap(rows.row(pair)) > 0 ? 1 : 0)
                .average()
                .ifPresent(share -> metrics.put(AGREEMENT, share));
    }
}
