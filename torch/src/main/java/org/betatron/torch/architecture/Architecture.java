package org.betatron.torch.architecture;

import java.util.List;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.weight.Blueprint;
import org.bytedeco.pytorch.Tensor;

/// What is a family's own: its parts, and what a layer does with them. Holds no weights.
public interface Architecture {

    /// @return the parts
    Blueprint blueprint();

    /// @return attention of each layer
    List<AttentionSpec> attention();

    /// @return what logits stay below, as `cap * tanh(logit / cap)`; infinite for no limit
    default double logitCap() {
        return Double.POSITIVE_INFINITY;
    }

    /// @param index  number of the layer, from 0
    /// @param hidden what enters it, `[T, E]`
    /// @param run    weights, and the rows that are asked for
    /// @return what leaves the layer, `[N, E]`, in the current scope
    Tensor layer(int index, Tensor hidden, LayerRun run);
}
