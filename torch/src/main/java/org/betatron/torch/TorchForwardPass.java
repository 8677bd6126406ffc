package org.betatron.torch;

import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.torch.memory.NativeErrors;
import org.betatron.torch.model.Transformer;

/// One batch run forward: guards what the [Transformer] keeps for the backward pass.
final class TorchForwardPass implements ForwardPass {

    private final PackedBatch batch;
    private final Transformer.Pass pass;
    private final TokenLogProbs logProbs;
    private boolean used;
    private boolean closed;

    TorchForwardPass(Transformer transformer, PackedBatch batch) {
        this.batch = batch;
        pass = NativeErrors.translate(
                () -> "running the model over " + TorchLanguageModel.describe(batch), () -> transformer.forward(batch));
        logProbs = new TokenLogProbs(batch, pass.logProbs());
    }

    @Override
    public TokenLogProbs logProbs() {
        return logProbs;
    }

    @Override
    public void backward(float[] derivatives) {
        if (closed) {
            throw new IllegalStateException("backward was called after the forward pass was closed");
        }
        if (used) {
            throw new IllegalStateException("backward may be called once per forward pass");
        }
        if (derivatives.length != batch.numResponseTokens()) {
            throw new IllegalArgumentException("derivatives must have one entry per response token ("
                    + batch.numResponseTokens() + ") but had " + derivatives.length);
        }
        boolean anyNonZero = checkFiniteAndAnyNonZero(derivatives);
        used = true;
        if (!anyNonZero) {
            return;
        }
        NativeErrors.run(
                () -> "differentiating " + TorchLanguageModel.describe(batch), () -> pass.backward(derivatives));
    }

    private static boolean checkFiniteAndAnyNonZero(float[] derivatives) {
        boolean any = false;
        for (int i = 0; i < derivatives.length; i++) {
            if (!Float.isFinite(derivatives[i])) {
                throw new IllegalArgumentException(
                        "derivatives must be finite but entry " + i + " was " + derivatives[i]);
            }
            any |= derivatives[i] != 0;
        }
        return any;
    }

    @Override
    public void close() {
        closed = true;
        pass.close();
    }
}
