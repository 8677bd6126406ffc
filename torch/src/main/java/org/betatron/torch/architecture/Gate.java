package org.betatron.torch.architecture;

import java.util.List;
import org.betatron.torch.linear.Made;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.Parts;
import org.bytedeco.pytorch.Tensor;

/// The first half of a gated feed-forward layer (Shazeer 2020, arXiv 2002.05202): `act(gate(x)) * up(x)`.
///
/// `N` rows, `E` hidden size, `F` feed-forward width.
///
/// @param maps       gate and what it gates; or one map of both, in this order
/// @param width      `F`
/// @param activation of the gate
record Gate(List<LinearPart> maps, long width, Activation activation) {

    static Gate of(Shape shape, LayerSpec layer, Parts parts) {
        long e = shape.hiddenSize();
        long f = shape.intermediateSize();
        boolean bias = layer.biases().feedForward();
        List<LinearPart> maps = layer.fused()
                ? List.of(parts.linear("mlp.gate_up_proj", 2 * f, e, bias))
                : List.of(parts.linear("mlp.gate_proj", f, e, bias), parts.linear("mlp.up_proj", f, e, bias));
        return new Gate(maps, f, layer.activation());
    }

    /// @param input `[N, E]`
    /// @return `[N, F]`
    Made of(Made input, LayerRun run) {
        if (maps.size() == 1) {
            return Made.by(this::halves, run.linear(maps.getFirst(), input));
        }
        return Made.by(this::gated, run.linear(maps.getFirst(), input), run.linear(maps.getLast(), input));
    }

    private Tensor halves(Tensor fused) {
        List<Tensor> halves = Tensors.split(fused, 1, width, width);
        return gated(halves.getFirst(), halves.getLast());
    }

    private Tensor gated(Tensor gate, Tensor values) {
        return activation.of(gate).mul(values);
    }
}
