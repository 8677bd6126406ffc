package org.betatron.torch.model;

import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/// Keeps autograd's graph of all layers.
///
/// @param root predictors with the graph behind them; owned
record GraphPass(Owned root) implements LayerPass {

    static GraphPass start(LayerStack layers) {
        return new GraphPass(Memory.keep("predictor rows", layers::predictors));
    }

    @Override
    public Tensor predictors() {
        return root.tensor().detach();
    }

    @Override
    public void backward(Tensor gradient) {
        backward(root.tensor(), gradient);
    }

    static void backward(Tensor root, Tensor gradient) {
        root.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    }

    @Override
    public void close() {
        root.close();
    }
}
