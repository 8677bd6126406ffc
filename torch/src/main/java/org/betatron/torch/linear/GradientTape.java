package org.betatron.torch.linear;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;

/// The affine maps that a layer's forward pass ran, whose weights' gradients are added without autograd.
///
/// ```text
/// y = x W' + b      dL/dW = (dL/dy)' x      dL/db = column sums of dL/dy
/// ```
///
/// Autograd would keep every `x` until then, and make each gradient before it is added. Here an `x` that a cheap
/// operation made is made again (selective recomputation, Korthikanti et al. 2022, arXiv 2205.05198), and the
/// product is added where the gradient accumulates. Autograd's share is `dL/dy`. A map that does not train is not
/// written down, and its `x` not kept. `T` rows.
public final class GradientTape implements LinearRun, AutoCloseable {

    /// @param bias  what the map added to each row, `[T, out]`: a leaf, whose derivative is that of the map's
    ///     output. All rows share one row's memory
    /// @param input what the map was run on
    /// @param dropped of that, if anything
    private record Run(Linear map, Owned bias, Made input, Optional<Owned> dropped) {

        void close() {
            bias.close();
            dropped.ifPresent(Owned::close);
        }
    }

    private final Parameters weights;
    private final RowDropout dropout;
    private final List<Run> runs = new ArrayList<>();
    private final IdentityHashMap<Made, List<Owned>> kept = new IdentityHashMap<>(); // what inputs are made from

    /// @param weights lent
    /// @param dropout of the rows that maps are run on
    public GradientTape(Parameters weights, RowDropout dropout) {
        this.weights = weights;
        this.dropout = dropout;
    }

    @Override
    public Tensor run(LinearPart part, Made input) {
        Linear map = Linear.of(part, weights);
        if (!map.trains()) {
            return map.apply(input.tensor());
        }
        kept.computeIfAbsent(
                input,
                made -> made.from().stream()
                        .map(tensor -> Memory.keep("input of an affine map", tensor::detach))
                        .toList());
        long rows = input.tensor().size(0);
        Owned bias = Memory.keep("bias of every row", () -> map.rowBias(rows).requires_grad_(true));
        Optional<Owned> dropped = dropout.concerns(map)
                ? Optional.of(Memory.keep("what a map drops", () -> dropout.dropped(part, input.tensor())))
                : Optional.empty();
        Linear present = dropped.map(mask -> dropout.over(map, mask.tensor())).orElse(map);
        runs.add(new Run(present, bias, input, dropped));
        return present.apply(input.tensor(), bias.tensor());
    }

    /// @return what is trained of the maps whose gradients are added here, lent
    public List<Tensor> weights() {
        return runs.stream().flatMap(run -> run.map().leaves().stream()).toList();
    }

    /// @return what to differentiate by: its derivatives are those of the maps' outputs, `[T, out]` each
    public List<Tensor> leaves() {
        return runs.stream().map(run -> run.bias().tensor()).toList();
    }

    /// Adds the gradients of one map's weights.
    ///
    /// @param index      number of the map, in the order of [#leaves]
    /// @param derivative dL/dy, `[T, out]`
    public void add(int index, Tensor derivative) {
        Run run = runs.get(index);
        Memory.run(() -> Memory.runWithoutGradient(() -> run.map().addGradients(derivative, again(run.input()))));
    }

    private Tensor again(Made input) {
        List<Owned> from = Objects.requireNonNull(kept.get(input));
        return input.how().apply(from.stream().map(Owned::tensor).toList());
    }

    @Override
    public void close() {
        runs.forEach(Run::close);
        kept.values().stream().flatMap(List::stream).forEach(Owned::close);
    }
}
