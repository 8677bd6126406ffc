package org.betatron.core.objective;

import static org.betatron.core.Numbers.require;

import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;

/// Log-probability of a response, with or without the reference's subtracted, over a power of its length.
///
/// ```text
/// score = (l - r) / n^p     log-ratio          l: policy, r: reference, nats; n: tokens
/// score =  l      / n^p     without reference
/// ```
///
/// @param usesReference whether the reference's log-probability is subtracted
/// @param lengthPower   `p`, finite: 0 is the sum, 1 the mean per token
public record LogProbScore(boolean usesReference, double lengthPower) implements ResponseScore {

    /// `l - r`: the log-ratio of DPO and most of its family.
    public static final LogProbScore LOG_RATIO = new LogProbScore(true, 0);

    /// `(l - r) / n`: the log-ratio per token.
    public static final LogProbScore MEAN_LOG_RATIO = new LogProbScore(true, 1);

    /// `l`: the log-probability, without reference.
    public static final LogProbScore LOG_PROB = new LogProbScore(false, 0);

    /// `l / n`: the mean log-probability of SimPO, without reference.
    public static final LogProbScore MEAN_LOG_PROB = new LogProbScore(false, 1);

    public LogProbScore {
        require("lengthPower", Double.isFinite(lengthPower), "finite", lengthPower);
    }

    @Override
    public RequiredInputs inputs() {
        RequiredInputs inputs = usesReference ? RequiredInputs.REFERENCE : RequiredInputs.NONE;
        return lengthPower == 0 ? inputs : inputs.withLengths();
    }

    @Override
    public double of(ResponseLogProbs responses, int row) {
        double policy = responses.policy(row);
        double sum = usesReference ? policy - responses.get(ResponseQuantity.REFERENCE, row) : policy;
        return sum / divisor(responses, row);
    }

    @Override
    public void pullBack(ResponseLogProbs responses, int row, double factor, ResponseDerivatives derivatives) {
        derivatives.addPolicy(row, factor / divisor(responses, row));
    }

    private double divisor(ResponseLogProbs responses, int row) {
        if (lengthPower == 0) {
            return 1;
        }
        int length = responses.length(row);
        return lengthPower == 1 ? length : Math.pow(length, lengthPower);
    }
}
