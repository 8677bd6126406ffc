package org.betatron.testkit;

import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.TokenLogProbs;

/// A forward pass of [TinyLanguageModel] that recomputes instead of remembering, and is strict
/// about the order of use that the contract asks for.
final class TinyForwardPass implements ForwardPass {

    private final TinyLanguageModel model;
    private final TokenLogProbs logProbs;
    private final double[] referenceLogits;
    private boolean spent;

    /// @param referenceLogits logits of the reference at every response token; empty where there is none
    TinyForwardPass(TinyLanguageModel model, TokenLogProbs logProbs, double[] referenceLogits) {
        this.model = model;
        this.logProbs = logProbs;
        this.referenceLogits = referenceLogits;
    }

    @Override
    public TokenLogProbs logProbs() {
        return logProbs;
    }

    @Override
    public void backward(float[] derivatives, float[] divergences) {
        if (spent) {
            throw new IllegalStateException("backward was called twice or after close");
        }
        if (derivatives.length != logProbs.values().length) {
            throw new IllegalArgumentException("derivatives must have one entry per response token ("
                    + logProbs.values().length + ") but had " + derivatives.length);
        }
        if (divergences.length > 0 && referenceLogits.length == 0) {
            throw new IllegalStateException("divergences were not asked for in the forward pass");
        }
        for (float derivative : derivatives) {
            if (!Float.isFinite(derivative)) {
                throw new IllegalArgumentException("derivatives must be finite but one was " + derivative);
            }
        }
        spent = true;
        model.addGradient(logProbs.batch(), derivatives, divergences, referenceLogits);
    }

    @Override
    public void close() {
        spent = true;
    }
}
