package org.betatron.torch.pass;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.parallel.Turns;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A forward pass of part of a batch through all layers. Those below the lowest one that trains are
/// only run. Each other layer has a graph of its own, or none: then only what enters it is kept,
/// and the backward pass runs it again. So gradients of one layer at a time exist besides the
/// accumulated ones.
final class PartPass implements AutoCloseable {

    private final StackPart part;
    private final int lowest; // layer that is differentiated
    private final int firstGraph; // layer from which on graphs are kept, ≥ lowest
    private final List<Owned> entering = new ArrayList<>(); // of layer lowest + i: a leaf of its graph
    private final List<LayerGraph> graphs = new ArrayList<>(); // of layer firstGraph + i
    private @Nullable Owned predictors;

    private PartPass(StackPart part, double share) {
        this.part = part;
        lowest = part.body().lowestTrained();
        firstGraph = part.recompute() == Recompute.FULL
                ? part.size()
                : part.size() - (int) Math.floor(share * (part.size() - lowest));
    }

    /// @param share of the layers that are differentiated whose graphs may be kept, in [0, 1]: the
    ///     last ones
    static PartPass start(StackPart part, double share) {
        PartPass pass = new PartPass(part, share);
        try {
            Memory.run(pass::forward);
            return pass;
        } catch (RuntimeException e) {
            pass.close();
            throw e;
        }
    }

    private void forward() {
        StackPart.Inputs inputs = part.inputs();
        Tensor hidden = part.body().embed(inputs.tokenIds(), part.batch().positions());
        for (int i = 0; i < lowest; i++) {
            hidden = part.layerAlone(i, hidden, inputs);
        }
        for (int i = lowest; i < part.size(); i++) {
            Tensor leaf = enter(hidden);
            if (i < firstGraph) {
                hidden = part.layerAlone(i, leaf, inputs);
            } else {
                graphs.add(LayerGraph.record(part, i, leaf, inputs));
                hidden = graphs.getLast().leaving();
            }
        }
        Tensor last = hidden;
        predictors = Memory.keep("predictor rows", last::detach);
    }

    private Tensor enter(Tensor hidden) {
        boolean goesOn = !entering.isEmpty() || part.body().trainsEmbedding();
        Owned leaf = Memory.keep(
                "input of layer " + (lowest + entering.size()),
                () -> hidden.detach().requires_grad_(goesOn));
        entering.add(leaf);
        return leaf.tensor();
    }

    /// @return normalised states of the rows that are asked for, `[N, E]`, without graph, in the
    ///     current scope
    Tensor predictors() {
        return Objects.requireNonNull(predictors).tensor().detach();
    }

    /// @return number of places where gradients are added
    int numPlaces() {
        return firstPlace(part.size()) + 1;
    }

    private int firstPlace(int layer) {
        return IntStream.range(0, layer)
                .map(index -> part.body().numWeights(index))
                .sum();
    }

    /// Adds the gradients of all weights below the head.
    ///
    /// @param gradient dL/dpredictors, `[N, E]`
    /// @param turns    of the parts at each place
    /// @param number   of this part
    /// @param done     hears of each layer to which this part has added all
    void backward(Tensor gradient, Turns turns, int number, IntConsumer done) {
        Tensor leavingGradient = gradient;
        StackPart.Inputs again = firstGraph > lowest ? part.inputs() : null;
        for (int i = part.size() - 1; i >= lowest; i--) {
            int index = i;
            int firstPlace = firstPlace(index);
            Tensor after = leavingGradient;
            // A scope per layer: its graph and gradients are gone before the next one is run.
            leavingGradient = Memory.scoped(() -> {
                try (LayerGraph graph = again == null || index >= firstGraph
                        ? graphs.get(index - firstGraph)
                        : LayerGraph.record(
                                part, index, entering.get(index - lowest).tensor(), again)) {
                    return graph.backward(after, (place, work) -> turns.take(number, firstPlace + place, work));
                }
            });
            entering.get(index - lowest).close();
            done.accept(index);
        }
        if (part.body().trainsEmbedding()) {
            // Autograd would make a matrix of the whole vocabulary, most of it zeros, and add that.
            Tensor ofEmbedded = leavingGradient;
            turns.take(
                    number,
                    firstPlace(part.size()),
                    () -> part.body()
                            .addToEmbedding(part.tokenIds(), part.batch().positions(), ofEmbedded));
        }
    }

    @Override
    public void close() {
        if (predictors != null) {
            predictors.close();
        }
        graphs.forEach(LayerGraph::close);
        entering.forEach(Owned::close);
    }
}
