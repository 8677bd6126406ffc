package org.betatron.torch.pass;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.architecture.Body;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.head.AskedRows;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.parallel.BatchPart;
import org.betatron.torch.parallel.Lanes;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// All layers of an architecture over one batch, its parts side by side on lanes.
///
/// `N` rows that are asked for, `E` hidden size.
///
/// @param lanes  what the parts run on
/// @param parts  the layers over each part
/// @param places of the rows of each part among those of the batch, `[N_part]` each
record LayerStack(Lanes lanes, List<StackPart> parts, List<int[]> places) {

    /// @param rows    which rows of the batch are asked for, `[N]`
    /// @param dropout what layers leave out
    static LayerStack of(Body body, PackedBatch batch, AskedRows rows, ComputeSpec compute, Dropout dropout) {
        // One operator fills a graphics card, and all lanes would share one queue of it.
        Lanes lanes = Lanes.of(body.beside().is_cpu() ? compute.lanes() : 1);
        List<BatchPart> parts = BatchPart.divide(batch, lanes.count());
        return new LayerStack(
                lanes,
                parts.stream()
                        .map(part -> new StackPart(body, part.packed(), rows, compute, dropout))
                        .toList(),
                parts.stream()
                        .map(part -> part.places(response -> rows.count(batch, response)))
                        .toList());
    }

    /// @return normalised states of the rows that are asked for, `[N, E]`, without graph, in the current scope
    Tensor predictors() {
        if (parts.size() == 1) {
            return Memory.withoutGradient(parts.getFirst()::predictors);
        }
        List<Owned> states = lanes.collect(
                parts.size(),
                part -> Memory.keep("predictor rows", () -> Memory.withoutGradient(parts.get(part)::predictors)),
                Owned::close);
        try {
            return gather(states.stream().map(Owned::tensor).toList());
        } finally {
            states.forEach(Owned::close);
        }
    }

    /// Runs all layers forward, to be differentiated.
    ///
    /// @param tokens as many are kept graphs of; of a batch that has more, the last layers keep theirs
    /// @return the pass, owned by the caller
    LayerPass start(int tokens) {
        long all = parts.stream().mapToLong(part -> part.batch().numTokens()).sum();
        double share = Math.min(1, tokens / (double) all);
        List<PartPass> passes =
                lanes.collect(parts.size(), part -> PartPass.start(parts.get(part), share), PartPass::close);
        return new LayerPass(
                this,
                passes,
                Memory.keep(
                        "predictor rows",
                        () -> gather(passes.stream().map(PartPass::predictors).toList())));
    }

    /// @param ofParts rows of each part, `[N_part, E]`
    /// @return the rows in the order of the batch, `[N, E]`, in the current scope
    private Tensor gather(List<Tensor> ofParts) {
        if (ofParts.size() == 1) {
            return ofParts.getFirst();
        }
        return Memory.withoutGradient(() -> {
            Tensor all = torch.cat(new TensorVector(ofParts.toArray(Tensor[]::new)), 0);
            Tensor gathered = torch.empty_like(all);
            gathered.index_copy_(
                    0,
                    Tensors.indices(places.stream().flatMapToInt(IntStream::of).toArray(), all),
                    all);
            return gathered;
        });
    }
}
