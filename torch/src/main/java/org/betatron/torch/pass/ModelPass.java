package org.betatron.torch.pass;

import java.util.Map;
import org.betatron.core.model.TokenQuantity;

/// One batch run forward through layers and a head, with what is needed to differentiate it once.
///
/// `N` response tokens. Owned by whoever asked for it.
public interface ModelPass extends AutoCloseable {

    /// @return the head's own number of each response token and those that were asked for, `[N]` each
    Map<TokenQuantity, float[]> numbers();

    /// Adds the gradient of all weights.
    ///
    /// @param derivatives by quantity the derivative by the number of each response token, `[N]` each; those of at
    ///     least one quantity that this pass computed and can differentiate
    void backward(Map<TokenQuantity, float[]> derivatives);

    @Override
    void close();
}
