package org.betatron.torch;

import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.NativeErrors;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.model.Transformer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/// One batch run forward: keeps the graph of the layers up to the rows that predict; the head is
/// computed again in backward.
final class TorchForwardPass implements ForwardPass {

    private final Transformer transformer;
    private final @Nullable Transformer reference;
    private final PackedBatch batch;
    private final Owned predictors; // [N, E], root of the graph
    private final @Nullable Owned referencePredictors; // [N, E_ref]
    private final TokenLogProbs logProbs;
    private boolean used;
    private boolean closed;

    /// @param reference the reference of the request; null where it has none
    TorchForwardPass(
            Transformer transformer, PackedBatch batch, VocabularyRequest request, @Nullable Transformer reference) {
        this.transformer = transformer;
        this.reference = reference;
        this.batch = batch;
        predictors = NativeErrors.translate(
                () -> "running the layers over " + TorchLanguageModel.describe(batch),
                () -> Memory.keep("predictor rows", () -> transformer.predictors(batch)));
        try {
            referencePredictors = reference == null
                    ? null
                    : NativeErrors.translate(
                            () -> "running the reference over " + TorchLanguageModel.describe(batch),
                            () -> Memory.withoutGradient(() ->
                                    Memory.keep("reference's predictor rows", () -> reference.predictors(batch))));
            logProbs = NativeErrors.translate(
                    () -> "computing log-probabilities of " + TorchLanguageModel.describe(batch),
                    () -> Memory.compute(() -> logProbs(request)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private TokenLogProbs logProbs(VocabularyRequest request) {
        Tensor rows = predictors.tensor().detach();
        return new TokenLogProbs(
                batch,
                transformer.logProbs(rows, batch),
                transformer.statistics(
                        request,
                        batch,
                        rows,
                        reference,
                        referencePredictors == null ? null : referencePredictors.tensor()));
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
        if (divergences.length > 0 && referencePredictors == null) {
            throw new IllegalStateException("divergences were not asked for in the forward pass");
        }
        boolean derivativesTeach = checkFiniteAndAnyNonZero(derivatives);
        boolean divergencesTeach = checkFiniteAndAnyNonZero(divergences);
        used = true;
        if (!derivativesTeach && !divergencesTeach) {
            return;
        }
        NativeErrors.run(
                () -> "differentiating " + TorchLanguageModel.describe(batch),
                () -> addGradient(derivatives, divergences));
    }

    private void addGradient(float[] derivatives, float[] divergences) {
        Memory.run(() -> {
            Tensor root = predictors.tensor();
            Tensor gradient = transformer.backward(root.detach(), batch, derivatives);
            if (divergences.length > 0 && reference != null && referencePredictors != null) {
                gradient.add_(transformer.backwardDivergences(
                        root.detach(), reference, referencePredictors.tensor(), divergences));
            }
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
        if (referencePredictors != null) {
            referencePredictors.close();
        }
    }
}
