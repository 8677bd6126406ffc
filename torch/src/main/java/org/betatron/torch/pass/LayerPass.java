package org.betatron.torch.pass;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import org.betatron.torch.architecture.Body;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.parallel.Turns;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// A forward pass of a batch through all layers that can be differentiated once: what it keeps for
/// that is the
/// largest part of the memory of training.
///
/// @param stack      what was run
/// @param parts      its parts; owned
/// @param states     normalised states of the rows that are asked for, `[N, E]`, without graph;
///     owned
record LayerPass(LayerStack stack, List<PartPass> parts, Owned states) implements AutoCloseable {

    /// @return normalised states of the rows that are asked for, `[N, E]`, without graph; lent
    Tensor predictors() {
        return states.tensor();
    }

    /// Adds the gradient of every weight below the head.
    ///
    /// @param gradient dL/dpredictors, `[N, E]`
    void backward(Tensor gradient) {
        Turns turns = new Turns(parts.getFirst().numPlaces());
        Body body = stack.parts().getFirst().body();
        AtomicIntegerArray passed = new AtomicIntegerArray(body.numLayers());
        IntConsumer layerDone = layer -> {
            if (passed.incrementAndGet(layer) == parts.size()) {
                body.weights().passedBy(body.trainable(layer));
            }
        };
        body.weights().passedBy(body.trainableHead());
        stack.lanes().run(parts.size(), part -> {
            try {
                Memory.run(() -> parts.get(part).backward(rowsOf(part, gradient), turns, part, layerDone));
            } finally {
                turns.leave(part);
            }
        });
    }

    private Tensor rowsOf(int part, Tensor gradient) {
        return parts.size() == 1
                ? gradient
                : gradient.index_select(0, Tensors.indices(stack.places().get(part), gradient));
    }

    @Override
    public void close() {
        states.close();
        parts.forEach(PartPass::close);
    }
}
