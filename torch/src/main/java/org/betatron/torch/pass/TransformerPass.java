package org.betatron.torch.pass;

import java.util.EnumMap;
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
    public Map<TokenQuantity, float[]> numbers() {
        Map<TokenQuantity, float[]> all = new EnumMap<>(TokenQuantity.class);
        all.putAll(quantities);
        all.put(TokenQuantity.LOG_PROB, head.logProbs());
        return all;
    }

    @Override
    public void backward(Map<TokenQuantity, float[]> derivatives) {
        Map<TokenQuantity, float[]> ofVocabulary = new EnumMap<>(derivatives);
        float[] ofLogProbs = ofVocabulary.remove(TokenQuantity.LOG_PROB);
        Memory.run(() -> {
            Tensor predictors = layers.predictors();
            Tensor gradient =
                    head.backward(predictors, ofLogProbs == null ? new float[head.logProbs().length] : ofLogProbs);
            if (!ofVocabulary.isEmpty()) {
                gradient.add_(statistics.backward(predictors, reference, ofVocabulary));
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
