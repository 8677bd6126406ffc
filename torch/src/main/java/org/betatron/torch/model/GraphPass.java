package org.betatron.torch.model;

import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/// Keeps autograd's graph of all layers.
///
/// @param layers   what was run
/// @param embedded what entered the first layer, a leaf of the graph; owned
/// @param root     predictors with the graph behind them; owned
record GraphPass(LayerStack layers, Owned embedded, Owned root) implements LayerPass {

    static GraphPass start(LayerStack layers) {
        List<Owned> ends = Memory.keepAll("ends of the graph", () -> {
            LayerStack.Inputs inputs = layers.inputs();
            Tensor embedded = layers.embed(inputs).requires_grad_(true);
            return List.of(embedded, layers.predictors(embedded, inputs));
        });
        return new GraphPass(layers, ends.get(0), ends.get(1));
    }

    @Override
    public Tensor predictors() {
        return root.tensor().detach();
    }

    @Override
    public void backward(Tensor gradient) {
        backward(root.tensor(), gradient);
        layers.addEmbeddingGradient(layers.inputs(), embedded.tensor().grad());
    }

    static void backward(Tensor root, Tensor gradient) {
        root.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    }

    @Override
    public void close() {
        root.close();
        embedded.close();
    }
}
