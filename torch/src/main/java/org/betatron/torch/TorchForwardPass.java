package org.betatron.torch;

import java.util.function.Supplier;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.torch.error.NativeErrors;
import org.betatron.torch.pass.ModelPass;

/// One batch run forward: guards what a model keeps for the backward pass.
final class TorchForwardPass implements ForwardPass {

    private final PackedBatch batch;
    private final ModelPass pass;
    private final TokenLogProbs logProbs;
    private boolean used;
    private boolean closed;

    /// @param forward runs the model over the batch
    TorchForwardPass(PackedBatch batch, Supplier<ModelPass> forward) {
        this.batch = batch;
        pass = NativeErrors.translate(() -> "running the model over " + BatchFit.describe(batch), forward::get);
        logProbs = new TokenLogProbs(batch, pass.logProbs(), pass.quantities());
    }

    @Override
    public TokenLogProbs logProbs() {
        return logProbs;
    }

    @Override
    public void backward(float[] derivatives, float[] divergences) {
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
        if (divergences.length > 0 && !pass.hasReference()) {
            throw new IllegalStateException("divergences were not asked for in the forward pass");
        }
        boolean derivativesTeach = checkFiniteAndAnyNonZero(derivatives);
        boolean divergencesTeach = checkFiniteAndAnyNonZero(divergences);
        used = true;
        if (!derivativesTeach && !divergencesTeach) {
            return;
        }
        NativeErrors.run(
                () -> "differentiating " + BatchFit.describe(batch), () -> pass.backward(derivatives, divergences));
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
