package org.betatron.torch;

import java.util.Map;
import java.util.function.Supplier;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.torch.error.NativeErrors;
import org.betatron.torch.pass.ModelPass;
import org.betatron.torch.weight.Parameters;

/// One batch run forward: guards what a model keeps for the backward pass.
final class TorchForwardPass implements ForwardPass {

    private final PackedBatch batch;
    private final Parameters weights;
    private final ModelPass pass;
    private final TokenNumbers numbers;
    private boolean used;
    private boolean closed;

    /// @param forward runs the model over the batch
    /// @param weights of the model
    TorchForwardPass(PackedBatch batch, Parameters weights, Supplier<ModelPass> forward) {
        this.weights = weights;
        this.batch = batch;
        pass = NativeErrors.translate(() -> "running the model over " + BatchFit.describe(batch), forward::get);
        numbers = new TokenNumbers(batch, pass.numbers());
    }

    @Override
    public TokenNumbers numbers() {
        return numbers;
    }

    @Override
    public void backward(Map<TokenQuantity, float[]> derivatives) {
        if (closed) {
            throw new IllegalStateException("backward was called after the forward pass was closed");
        }
        if (used) {
            throw new IllegalStateException("backward may be called once per forward pass");
        }
        Map<TokenQuantity, float[]> teaching = ForwardPass.teaching(numbers, derivatives);
        used = true;
        if (!teaching.isEmpty()) {
            NativeErrors.run(() -> "differentiating " + BatchFit.describe(batch), () -> pass.backward(teaching));
        }
    }

    @Override
    public void finish(Map<TokenQuantity, float[]> derivatives) {
        weights.finishGradients();
        backward(derivatives);
    }

    @Override
    public void close() {
        closed = true;
        pass.close();
    }
}
