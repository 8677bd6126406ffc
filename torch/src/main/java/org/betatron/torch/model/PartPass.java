package org.betatron.torch.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.parallel.Turns;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// A forward pass of part of a batch through all layers. Each layer has a graph of its own, or none: then
/// only what enters it is kept, and the backward pass runs it again (Chen et al. 2016, arXiv 1604.06174, one
/// segment per layer). So gradients of one layer at a time exist besides the accumulated ones.
final class PartPass implements AutoCloseable {

    private final StackPart part;
    private final boolean recomputes;
    private final List<Owned> entering = new ArrayList<>(); // of layer i: a leaf of its graph
    private final List<Owned> leaving = new ArrayList<>(); // of layer i, with the graph if there is one

    private PartPass(StackPart part, boolean recomputes) {
        this.part = part;
        this.recomputes = recomputes;
    }

    /// @param recomputes whether the backward pass runs the layers again
    static PartPass start(StackPart part, boolean recomputes) {
        PartPass pass = new PartPass(part, recomputes);
        try {
            Memory.run(() -> {
                if (recomputes) {
                    Memory.withoutGradient(pass::forward);
                } else {
                    pass.forward();
                }
            });
            return pass;
        } catch (RuntimeException e) {
            pass.close();
            throw e;
        }
    }

    private int forward() {
        StackPart.Inputs inputs = part.inputs();
        enter(part.embed(inputs));
        for (int i = 0; i < part.size(); i++) {
            int index = i;
            leaving.add(Memory.keep(
                    "output of layer " + index,
                    () -> part.layer(index, entering.get(index).tensor(), inputs)));
            if (index < part.size() - 1) {
                enter(leaving.get(index).tensor());
            }
        }
        return part.size();
    }

    private void enter(Tensor hidden) {
        entering.add(Memory.keep(
                "input of layer " + entering.size(), () -> hidden.detach().requires_grad_(true)));
    }

    /// @return normalised states of the rows that are asked for, `[N, E]`, without graph, in the current scope
    Tensor predictors() {
        return leaving.getLast().tensor().detach();
    }

    /// @return number of places where gradients are added
    int numPlaces() {
        return part.size() + 1;
    }

    /// Adds the gradients of all weights below the head.
    ///
    /// @param gradient dL/dpredictors, `[N, E]`
    /// @param turns    of the parts at each layer, and at the embedding
    /// @param number   of this part
    void backward(Tensor gradient, Turns turns, int number) {
        Tensor leavingGradient = gradient;
        StackPart.Inputs again = recomputes ? part.inputs() : null;
        for (int i = part.size() - 1; i >= 0; i--) {
            int index = i;
            Tensor after = leavingGradient;
            // A scope per layer: its graph and gradients are gone before the next one is run.
            leavingGradient = Memory.scoped(() -> layerBackward(index, after, again, turns, number));
            entering.get(index).close();
            leaving.get(index).close();
        }
        // Autograd would make a matrix of the whole vocabulary, most of it zeros, and add that.
        Tensor ofEmbedded = leavingGradient;
        turns.take(
                number,
                part.size(),
                () -> Gradients.addToRows(part.architecture().embedding(), part.tokenIds(), ofEmbedded));
    }

    /// @param again what the layer is run again with, or null if its graph was kept
    /// @return derivative by what enters the layer, `[T, E]`
    private Tensor layerBackward(int index, Tensor after, StackPart.@Nullable Inputs again, Turns turns, int number) {
        Tensor hidden = entering.get(index).tensor();
        Tensor root = again == null ? leaving.get(index).tensor() : part.layer(index, hidden, again);
        List<Tensor> weights = part.weights(index);
        TensorVector gradients = torch.grad(
                new TensorVector(root),
                new TensorVector(
                        Stream.concat(Stream.of(hidden), weights.stream()).toArray(Tensor[]::new)),
                new TensorVector(after),
                new BoolOptional(),
                false,
                false);
        turns.take(
                number,
                index,
                () -> IntStream.range(0, weights.size())
                        .forEach(i -> Gradients.add(weights.get(i), gradients.get(i + 1))));
        return gradients.get(0).detach(); // an element must not outlive its vector
    }

    @Override
    public void close() {
        entering.forEach(Owned::close);
        leaving.forEach(Owned::close);
    }
}
