package org.betatron.core.statistics;

/// Moving averages of the mean and standard deviation of reward gaps over batches.
///
/// ```text
/// mean_t      = k mean_(t-1)      + (1-k) * mean(gaps)
/// deviation_t = k deviation_(t-1) + (1-k) * std(gaps)          unbiased, n - 1
/// corrected   = average_t / (1 - k^t)                          as in Adam: the average of the batches seen so far
/// ```
///
/// Both averages start at zero. Without the correction the first batch leaves a tenth of its mean and
/// spread (k = 0.9), which makes a Gaussian filter ten times too sharp: that is what the published code
/// of beta-DPO does.
///
/// Source: arXiv 2407.08639, moving averages of M_0 and sigma; the correction is ours.
/// A value: [#update] returns a new one. Non-finite gaps are left out, and so are batches of finite
/// gaps whose sums overflow: no state ever becomes non-finite.
///
/// @param meanAverage      raw moving average of batch means
/// @param deviationAverage raw moving average of batch standard deviations
/// @param updates          number of batches that entered the averages
/// @param deviationUpdates number of batches that had a standard deviation, those of at least two finite gaps
/// @param gapSum           sum of all gaps ever seen
/// @param gapCount         number of all gaps ever seen
public record RunningMoments(
        double meanAverage,
        double deviationAverage,
        long updates,
        long deviationUpdates,
        double gapSum,
        long gapCount) {

    /// Nothing seen yet.
    public static final RunningMoments EMPTY = new RunningMoments(0, 0, 0, 0, 0, 0);

    /// @param gaps     gaps of one batch; non-finite ones are skipped
    /// @param momentum `k`, weight of the past, in [0, 1)
    /// @return the statistics after this batch; unchanged if no gap was finite, or if their sum or the
    ///     sum of their squares overflows
    public RunningMoments update(double[] gaps, double momentum) {
        double sum = 0;
        int count = 0;
        for (double gap : gaps) {
            if (Double.isFinite(gap)) {
                sum += gap;
                count++;
            }
        }
        if (count == 0) {
            return this;
        }
        double mean = sum / count;
        double newMean = momentum * meanAverage + (1 - momentum) * mean;
        // A single gap has no spread: it moves the mean and leaves the deviation as it was.
        boolean hasDeviation = count > 1;
        double newDeviation = hasDeviation
                ? momentum * deviationAverage + (1 - momentum) * deviation(gaps, mean, count)
                : deviationAverage;
        double newSum = gapSum + sum;
        if (!Double.isFinite(newMean) || !Double.isFinite(newDeviation) || !Double.isFinite(newSum)) {
            return this;
        }
        return new RunningMoments(
                newMean,
                newDeviation,
                updates + 1,
                deviationUpdates + (hasDeviation ? 1 : 0),
                newSum,
                gapCount + count);
    }

    /// @param momentum      the momentum that the updates used
    /// @param biasCorrected whether to divide by `1 - k^t`
    /// @return the estimate at this moment; all zero if nothing was seen
    public Moments estimate(double momentum, boolean biasCorrected) {
        double populationMean = gapCount == 0 ? 0 : gapSum / gapCount;
        return new Moments(
                biasCorrected ? corrected(meanAverage, momentum, updates) : meanAverage,
                biasCorrected ? corrected(deviationAverage, momentum, deviationUpdates) : deviationAverage,
                populationMean);
    }

    private static double corrected(double average, double momentum, long updates) {
        return updates == 0 ? 0 : average / (1 - Math.pow(momentum, (double) updates));
    }

    private static double deviation(double[] gaps, double mean, int count) {
        double squares = 0;
        for (double gap : gaps) {
            if (Double.isFinite(gap)) {
                squares += (gap - mean) * (gap - mean);
            }
        }
        return Math.sqrt(squares / (count - 1));
    }
}
