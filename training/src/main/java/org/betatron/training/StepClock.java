package org.betatron.training;

import static org.betatron.core.run.MetricNames.ELAPSED_SECONDS;
import static org.betatron.core.run.MetricNames.PEAK_BYTES;
import static org.betatron.core.run.MetricNames.RANKS;
import static org.betatron.core.run.MetricNames.RANK_EXCHANGING;
import static org.betatron.core.run.MetricNames.RANK_TOKENS_PER_SECOND;
import static org.betatron.core.run.MetricNames.RANK_WAITING;
import static org.betatron.core.run.MetricNames.ROWS_PER_SECOND;
import static org.betatron.core.run.MetricNames.SHARED_TOKENS;
import static org.betatron.core.run.MetricNames.TOKENS_PER_SECOND;

import java.util.OptionalLong;
import org.betatron.core.rank.Ranks;
import org.betatron.data.packing.RowBatch;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.ProcessMemory;

/// Measures how fast a run goes, and how much memory it needs. Evaluations and checkpoints count as
/// elapsed time but not into the speed.
final class StepClock {

    private final double elapsedBefore;
    private final Ranks ranks;
    private final long start = System.nanoTime();
    private long stepStart;
    private double busySeconds;
    private long numTokens;
    private long numTokensApart;
    private long numRows;

    /// Tokens that this rank has computed, and the seconds in which it waited and exchanged.
    private long numOwnTokens;

    private double waited;
    private double exchanged;

    /// @param elapsedBefore seconds spent in earlier sessions of the run
    /// @param ranks         the processes of the run
    StepClock(double elapsedBefore, Ranks ranks) {
        this.elapsedBefore = elapsedBefore;
        this.ranks = ranks;
    }

    void beginStep() {
        stepStart = System.nanoTime();
        waited -= ranks.secondsWaited();
        exchanged -= ranks.secondsExchanging();
    }

    /// @param batch rows of the step
    /// @param own   those of this rank
    void endStep(RowBatch batch, RowBatch own) {
        busySeconds += (System.nanoTime() - stepStart) * 1e-9;
        waited += ranks.secondsWaited();
        exchanged += ranks.secondsExchanging();
        numTokens += batch.numTokens();
        numTokensApart += batch.numTokensApart();
        numRows += batch.size();
        numOwnTokens += own.numTokens();
    }

    double elapsedSeconds() {
        return elapsedBefore + (System.nanoTime() - start) * 1e-9;
    }

    /// Adds the speed since the last call, and starts to measure anew.
    void report(Metrics.Builder metrics) {
        if (ranks.areSeveral()) {
            reportRanks(metrics);
        }
        metrics.put(TOKENS_PER_SECOND, numTokens / busySeconds)
                .put(ROWS_PER_SECOND, numRows / busySeconds)
                .put(SHARED_TOKENS, 1 - (double) numTokens / numTokensApart);
        OptionalLong peak = ProcessMemory.peakBytes();
        if (peak.isPresent()) {
            metrics.put(PEAK_BYTES, (double) peak.getAsLong());
        }
        metrics.put(ELAPSED_SECONDS, elapsedSeconds());
        busySeconds = 0;
        numTokens = 0;
        numTokensApart = 0;
        numRows = 0;
        numOwnTokens = 0;
    }

    private void reportRanks(Metrics.Builder metrics) {
        double[] tokens = ranks.gather(numOwnTokens / Math.max(1e-9, busySeconds - waited - exchanged));
        double[] waiting = ranks.gather(waited / busySeconds);
        double[] exchanging = ranks.gather(exchanged / busySeconds);
        metrics.put(RANKS, ranks.size());
        for (int rank = 0; rank < ranks.size(); rank++) {
            metrics.put(RANK_TOKENS_PER_SECOND + rank, tokens[rank])
                    .put(RANK_WAITING + rank, waiting[rank])
                    .put(RANK_EXCHANGING + rank, exchanging[rank]);
        }
        waited = 0;
        exchanged = 0;
    }
}
