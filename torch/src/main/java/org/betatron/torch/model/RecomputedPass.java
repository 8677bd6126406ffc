package org.betatron.torch.model;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.bytedeco.pytorch.Tensor;

/// Keeps what enters each layer; the backward pass runs one layer after the other again, last first, each
/// with a graph of its own (Chen et al. 2016, arXiv 1604.06174, one segment per layer).
final class RecomputedPass implements LayerPass {

    private final LayerStack layers;
    private final List<Owned> states; // what enters layer i; last, what the head takes

    private RecomputedPass(LayerStack layers, List<Owned> states) {
        this.layers = layers;
        this.states = states;
    }

    static RecomputedPass start(LayerStack layers) {
        RecomputedPass pass = new RecomputedPass(layers, new ArrayList<>());
        try {
            Memory.run(() -> Memory.withoutGradient(() -> {
                LayerStack.Inputs inputs = layers.inputs();
                pass.states.add(Memory.keep("input of layer 0", () -> layers.embed(inputs)));
                for (int i = 0; i < layers.size(); i++) {
                    int index = i;
                    Tensor entering = pass.states.get(index).tensor();
                    pass.states.add(
                            Memory.keep("output of layer " + index, () -> layers.layer(index, entering, inputs)));
                }
                return layers;
            }));
            return pass;
        } catch (RuntimeException e) {
            pass.close();
            throw e;
        }
    }

    @Override
    public Tensor predictors() {
        return states.getLast().tensor();
    }

    @Override
    public void backward(Tensor gradient) {
        LayerStack.Inputs inputs = layers.inputs();
        Tensor leaving = gradient;
        states.removeLast().close();
        for (int i = layers.size() - 1; i >= 0; i--) {
            int index = i;
            Tensor after = leaving;
            // A scope per layer: its graph and gradients are gone before the next one is run.
            leaving = Memory.scoped(() -> {
                Tensor entering = states.getLast().tensor().detach().requires_grad_(true);
                GraphPass.backward(layers.layer(index, entering, inputs), after);
                return entering.grad().detach();
            });
            states.removeLast().close();
        }
        layers.addEmbeddingGradient(inputs, leaving);
    }

    @Override
    public void close() {
        states.forEach(Owned::close);
        states.clear();
    }
}
