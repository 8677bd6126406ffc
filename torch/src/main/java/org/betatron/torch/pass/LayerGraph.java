package org.betatron.torch.pass;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.linear.GradientTape;
import org.betatron.torch.linear.LinearRun;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// One layer, run forward with a graph of its own.
final class LayerGraph implements AutoCloseable {

    /// Adds gradients to weights that parts of a batch share.
    @FunctionalInterface
    interface Adding {

        /// @param place number of what is added to, from 0, the same for all parts
        /// @param work  adds
        void at(int place, Runnable work);
    }

    private final List<Tensor> weights; // that train
    private final Tensor entering; // lent
    private final GradientTape tape;
    private final Owned leaving;

    private LayerGraph(List<Tensor> weights, Tensor entering, GradientTape tape, Owned leaving) {
        this.weights = weights;
        this.entering = entering;
        this.tape = tape;
        this.leaving = leaving;
    }

    /// @param entering what enters the layer, `[T, E]`, a leaf that must outlive the graph; it asks for a gradient
    /// where
    ///     something below is trained
    /// @return the graph, owned by the caller
    static LayerGraph record(StackPart part, int index, Tensor entering, StackPart.Inputs inputs) {
        Parameters weights = part.body().weights();
        GradientTape tape = new GradientTape(weights, inputs.dropout());
        try {
            LinearRun maps = part.recompute() == Recompute.NONE ? LinearRun.plain(weights, inputs.dropout()) : tape;
            return new LayerGraph(
                    part.body().trainable(index),
                    entering,
                    tape,
                    Memory.keep("output of layer " + index, () -> part.layer(index, entering, inputs, maps)));
        } catch (RuntimeException e) {
            tape.close();
            throw e;
        }
    }

    /// @return what leaves the layer; lent
    Tensor leaving() {
        return leaving.tensor();
    }

    /// Adds the gradients of the layer's weights. To be called once.
    ///
    /// @param after  dL/dleaving
    /// @param adding its places are fewer than the layer's weights
    /// @return dL/dentering, `[T, E]`, in the current scope; without meaning where what enters asks
    ///     for none
    Tensor backward(Tensor after, Adding adding) {
        Set<Tensor> onTape = new HashSet<>(tape.weights());
        List<Tensor> others =
                weights.stream().filter(weight -> !onTape.contains(weight)).toList();
        List<Tensor> leaves = tape.leaves();
        List<Tensor> by = new ArrayList<>(leaves);
        by.addAll(others);
        boolean goesOn = entering.requires_grad();
        if (goesOn) {
            by.add(entering);
        }
        TensorVector gradients = torch.grad(
                new TensorVector(leaving.tensor()),
                new TensorVector(by.toArray(Tensor[]::new)),
                new TensorVector(after),
                new BoolOptional(),
                false,
                false);
        for (int i = 0; i < leaves.size(); i++) {
            int map = i;
            adding.at(map, () -> tape.add(map, gradients.get(map)));
        }
        adding.at(
                leaves.size(),
                () -> IntStream.range(0, others.size())
                        .forEach(i -> Gradients.add(others.get(i), gradients.get(leaves.size() + i))));
        // An element must not outlive its vector.
        return (goesOn ? gradients.get(by.size() - 1) : after).detach();
    }

    @Override
    public void close() {
        leaving.close();
        tape.close();
    }
}
