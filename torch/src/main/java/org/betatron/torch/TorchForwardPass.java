package org.betatron.torch;

import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.NativeErrors;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.model.Transformer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/// One batch run forward: keeps the graph of the layers up to the rows that predict; the head is
/// computed again in backward.
final class TorchForwardPass implements ForwardPass {

    private final Transformer transformer;
    private final PackedBatch batch;
    private final Owned predictors; // [N, E], root of the graph
    private final TokenLogProbs logProbs;
    private boolean used;
    private boolean closed;

    TorchForwardPass(Transformer transformer, PackedBatch batch) {
        this.transformer = transformer;
        this.batch = batch;
        predictors = NativeErrors.translate(
                () -> "running the layers over " + TorchLanguageModel.describe(batch),
                () -> Memory.keep("predictor rows", () -> transformer.predictors(batch)));
        try {
            logProbs = new TokenLogProbs(
                    batch,
                    NativeErrors.translate(
                            () -> "computing log-probabilities of " + TorchLanguageModel.describe(batch),
                            () -> Memory.compute(() ->
                                    transformer.logProbs(predictors.tensor().detach(), batch))));
        } catch (RuntimeException e) {
            predictors.close();
            throw e;
        }
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
        NativeErrors.run(() -> "differentiating " + TorchLanguageModel.describe(batch), () -> addGradient(derivatives));
    }

    private void addGradient(float[] derivatives) {
        Memory.run(() -> {
            Tensor root = predictors.tensor();
            Tensor gradient = transformer.backward(root.detach(), batch, derivatives);
            root.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
        });
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
        predictors.close();
    }
}
