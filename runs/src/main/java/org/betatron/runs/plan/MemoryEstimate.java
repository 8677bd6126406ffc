package org.betatron.runs.plan;

import java.util.ArrayList;
import java.util.List;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.plan.TrainedShape;
import org.betatron.torch.weight.HeadKind;

/// What the memory of a run is for when it needs most.
///
/// What is counted follows from shapes. Two numbers were measured ([#RUNTIME] and [#HOLES]); how
/// far sums are from runs stands in `docs/results`.
///
/// @param shape     of the model
/// @param optimizer its moments
/// @param sizes     of batches
/// @param together  whether graphs of a whole batch exist at once
/// @param tokens    tokens whose graphs are kept at once
/// @param beside    other models
/// @param samples   whether answers are written before and after, for which maps are laid out once
///     more
record MemoryEstimate(
        TrainedShape shape,
        OptimizerSpec optimizer,
        BatchSizes sizes,
        boolean together,
        int tokens,
        List<MemoryPart> beside,
        boolean samples) {

    /// The JVM, libtorch and the tokenizer with nothing in them.
    private static final long RUNTIME = 380L << 20;

    /// Share of graphs that lies between what is kept, in pieces of no use to the next allocation.
    private static final double HOLES = 0.4;

    /// Chunk of logits that is made at once.
    private static final long LOGITS = 64L << 20;

    List<MemoryPart> parts() {
        ArchitectureSpec spec = shape.spec();
        ComputeSpec compute = shape.compute();
        long momentsEach = optimizer instanceof OptimizerSpec.RmsProp ? 1 : 2;
        // Moments of rows of an embedding that no text asks for are never touched, and take no memory.
        long untouched = shape.embeddingRows() == 0
                ? 0
                : Math.max(0, shape.embeddingRows() - sizes.distinct()) * spec.hiddenSize();
        long moved = shape.trainable() - (shape.trainsEmbedding() ? untouched : 0);
        long moments = moved * momentsEach * compute.moments().bytes();
        boolean fewRows = shape.trainsEmbedding() && 2 * sizes.mostTokens() <= shape.embeddingRows();
        long gradients = Float.BYTES
                * (fewRows
                        ? shape.trainable() - (shape.embeddingRows() - sizes.mostTokens()) * spec.hiddenSize()
                        : shape.trainable());
        long graphs = (long) (graphs() * (1 + HOLES)) + oneLayer();
        long ofHead = head();
        List<MemoryPart> parts = new ArrayList<>();
        parts.add(new MemoryPart("runtime", RUNTIME));
        parts.add(new MemoryPart("weights", shape.weightBytes() + shape.adapterBytes()));
        parts.addAll(beside);
        parts.add(new MemoryPart("moments", moments));
        long training = gradients + graphs + ofHead;
        // Maps laid out once more, in float32 as they are multiplied.
        long writing = samples
                        && spec.head() != HeadKind.SCORE
                        && compute.device().toString().equals("cpu")
                ? shape.layerNumbers() * spec.numLayers() * compute.precision().bytes()
                        + (long) spec.hiddenSize()
                                * spec.vocabularySize()
                                * compute.precision().bytes()
                : 0;
        if (writing > training) {
            parts.add(new MemoryPart("weights laid out for writing answers", writing));
        } else {
            parts.add(new MemoryPart("gradients", gradients));
            parts.add(new MemoryPart("graphs", graphs));
            parts.add(new MemoryPart("logits", ofHead));
        }
        return parts.stream().filter(part -> part.bytes() > 0).toList();
    }

    /// Graphs of as many tokens as are kept, and what enters the layers of all others.
    private long graphs() {
        long all = together ? sizes.mostTokens() : sizes.partTokens();
        long kept = together ? all : Math.min(all, tokens);
        long entering =
                (long) shape.spec().hiddenSize() * Float.BYTES * (shape.spec().numLayers() - shape.lowestLayer());
        return kept * shape.graphBytes() + (all - kept) * entering;
    }

    /// A layer that is run makes numbers that are not kept, and gradients of as many.
    private long oneLayer() {
        return 2 * sizes.partTokens() * shape.spec().graphNumbersPerLayer() * Float.BYTES;
    }

    private long head() {
        if (shape.spec().head() == HeadKind.SCORE) {
            return 0;
        }
        long all = sizes.partAsked() * shape.spec().vocabularySize() * Float.BYTES;
        long kept = Math.min(all, (long) shape.compute().keptLogitsMiB() << 20);
        return kept + Math.min(all, LOGITS);
    }
}
