package org.betatron.core.objective;

import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;

/// What an objective compares between two responses: the quantity that beta multiplies into an implicit reward.
///
/// Implementations are stateless and thread-safe. A response that does not exist scores zero; callers see to that.
public interface ResponseScore {

    /// @return what is read of a response
    RequiredInputs inputs();

    /// @param responses one side of a batch
    /// @param row       a row that has a response on this side
    /// @return its score, nats or nats per token
    double of(ResponseLogProbs responses, int row);

    /// Adds `factor * d score / d q` to the derivative by every quantity `q` of the response that the
    /// score depends on.
    ///
    /// @param factor      derivative of a loss by the score
    /// @param derivatives where it is added
    void pullBack(ResponseLogProbs responses, int row, double factor, ResponseDerivatives derivatives);
}
