package org.betatron.torch.pass;

import java.util.Map;
import org.betatron.core.model.TokenQuantity;

/// One batch run forward through layers and a head, with what is needed to differentiate it once.
///
/// `N` response tokens. Owned by whoever asked for it.
public interface ModelPass extends AutoCloseable {

    /// @return number of each response token, `[N]`, nats: its log-probability, or the response's
    ///     score at its last one
    float[] logProbs();

    /// @return the quantities that were asked for, `[N]` each
    Map<TokenQuantity, float[]> quantities();

    /// @return whether a reference was run beside, so that a divergence from it can be
    ///     differentiated
    boolean hasReference();

    /// Adds the gradient of all weights.
    ///
    /// @param derivatives derivative by the number of each response token, `[N]`
    /// @param divergences dL/dKL of each response token, `[N]`; empty where the loss does not
    ///     depend on it
    void backward(float[] derivatives, float[] divergences);

    @Override
    void close();
}
