package org.betatron.testkit;

import java.util.Map;
import java.util.function.Consumer;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;

/// A forward pass of a tiny model that recomputes instead of remembering, and is strict
/// about the order of use that the contract asks for.
final class TinyForwardPass implements ForwardPass {

    private final TokenNumbers numbers;
    private final Consumer<Map<TokenQuantity, float[]>> gradient;
    private boolean spent;

    /// @param gradient adds the gradient of the batch
    TinyForwardPass(TokenNumbers numbers, Consumer<Map<TokenQuantity, float[]>> gradient) {
        this.numbers = numbers;
        this.gradient = gradient;
    }

    @Override
    public TokenNumbers numbers() {
        return numbers;
    }

    @Override
    public void backward(Map<TokenQuantity, float[]> derivatives) {
        if (spent) {
            throw new IllegalStateException("backward was called twice or after close");
        }
        Map<TokenQuantity, float[]> teaching = ForwardPass.teaching(numbers, derivatives);
        spent = true;
        if (!teaching.isEmpty()) {
            gradient.accept(teaching);
        }
    }

    @Override
    public void close() {
        spent = true;
    }
}
