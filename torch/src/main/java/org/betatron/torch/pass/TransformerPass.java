package org.betatron.torch.pass;

import java.util.Map;
import org.betatron.core.model.TokenQuantity;
import org.betatron.torch.head.ReferenceRows;
import org.betatron.torch.head.VocabularyHead;
import org.betatron.torch.head.VocabularyStatistics;
import org.betatron.torch.memory.Memory;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// One batch run forward through layers and head, with what is needed to differentiate it once.
///
/// `N` response tokens. Owned by whoever asked for it.
public final class TransformerPass implements ModelPass {

    private final LayerPass layers;
    private final VocabularyHead.Pass head;
    private final VocabularyStatistics statistics;
    private final Map<TokenQuantity, float[]> quantities;
    private final @Nullable ReferenceRows reference;

    TransformerPass(
            LayerPass layers,
            VocabularyHead.Pass head,
            VocabularyStatistics statistics,
            Map<TokenQuantity, float[]> quantities,
            @Nullable ReferenceRows reference) {
        this.layers = layers;
        this.head = head;
        this.statistics = statistics;
        this.quantities = quantities;
        this.reference = reference;
    }

    @Override
    public float[] logProbs() {
        return head.logProbs();
    }

    @Override
    public Map<TokenQuantity, float[]> quantities() {
        return quantities;
    }

    @Override
    public boolean hasReference() {
        return reference != null;
    }

    @Override
    public void backward(float[] derivatives, float[] divergences) {
        Memory.run(() -> {
            Tensor predictors = layers.predictors();
            Tensor gradient = head.backward(predictors, derivatives);
            if (divergences.length > 0 && reference != null) {
                gradient.add_(statistics.backward(predictors, reference, divergences));
            }
            layers.backward(gradient);
        });
    }

    @Override
    public void close() {
        head.close();
        layers.close();
        if (reference != null) {
            reference.close();
        }
    }
}
