package org.betatron.torch.pass;

import java.util.EnumMap;
import java.util.Map;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.Body;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.decoding.DecodingModel;
import org.betatron.torch.decoding.DecodingState;
import org.betatron.torch.head.AskedRows;
import org.betatron.torch.head.ReferenceRows;
import org.betatron.torch.head.VocabularyHead;
import org.betatron.torch.head.VocabularyStatistics;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A transformer with its vocabulary head: packed batches in, log-probabilities of response tokens
/// out.
///
/// Borrowed weights must outlive it. Results belong to the current scope.
public final class Transformer implements AutoCloseable {

    private final Architecture architecture;
    private final Parameters weights;
    private final Body body;
    private final VocabularyHead head;
    private final VocabularyStatistics statistics;
    private final ComputeSpec compute;
    private @Nullable DecodingModel decoding;

    public Transformer(Architecture architecture, Parameters weights, ComputeSpec compute) {
        this.architecture = architecture;
        this.weights = weights;
        this.compute = compute;
        body = new Body(architecture, weights);
        head = new VocabularyHead(body.headWeight(), body.logitCap(), (long) compute.keptLogitsMiB() << 18);
        statistics = new VocabularyStatistics(body.headWeight(), body.logitCap());
    }

    /// Scores a batch; to be called without recording a graph.
    ///
    /// @param request   what is wanted beside log-probabilities
    /// @param reference its reference, which leaves out nothing; null where it has none
    /// @param dropout   what layers leave out
    public TokenNumbers score(
            PackedBatch batch, VocabularyRequest request, @Nullable Transformer reference, Dropout dropout) {
        ReferenceRows rows = reference == null ? null : reference.rows(batch);
        try (rows) {
            Tensor predictors = layers(batch, dropout).predictors();
            Map<TokenQuantity, float[]> numbers = new EnumMap<>(TokenQuantity.class);
            numbers.put(TokenQuantity.LOG_PROB, head.logProbs(predictors, batch.targets()));
            numbers.putAll(statistics.compute(request, predictors, rows, batch.targets()));
            return new TokenNumbers(batch, numbers);
        }
    }

    /// Runs a batch forward, to be differentiated. Weights laid out for decoding are let go: an
    /// update follows, after
    /// which they would be others, and until then the memory is needed.
    ///
    /// @param request   what is wanted beside log-probabilities
    /// @param reference its reference, which leaves out nothing; null where it has none
    /// @param tokens    as many are kept graphs of; a batch that has more is partly computed again
    /// @param dropout   what layers leave out
    /// @return the pass, to be closed by the caller
    public TransformerPass forward(
            PackedBatch batch,
            VocabularyRequest request,
            @Nullable Transformer reference,
            int tokens,
            Dropout dropout) {
        if (decoding != null && !decoding.isInUse()) {
            closeDecoding();
        }
        LayerStack stack = layers(batch, dropout);
        LayerPass layers = stack.start(tokens);
        try {
            return pass(layers, batch, request, reference);
        } catch (RuntimeException e) {
            layers.close();
            throw e;
        }
    }

    private TransformerPass pass(
            LayerPass layers, PackedBatch batch, VocabularyRequest request, @Nullable Transformer reference) {
        ReferenceRows rows = reference == null ? null : reference.rows(batch);
        try {
            return Memory.compute(() -> {
                Tensor predictors = layers.predictors();
                Map<TokenQuantity, float[]> quantities = statistics.compute(request, predictors, rows, batch.targets());
                return new TransformerPass(
                        layers, head.forward(predictors, batch.targets()), statistics, quantities, rows);
            });
        } catch (RuntimeException e) {
            if (rows != null) {
                rows.close();
            }
            throw e;
        }
    }

    /// Runs this model over a batch as the reference of another one.
    private ReferenceRows rows(PackedBatch batch) {
        return Memory.withoutGradient(() -> new ReferenceRows(
                statistics, Memory.keep("reference's predictor rows", layers(batch, Dropout.NONE)::predictors)));
    }

    private LayerStack layers(PackedBatch batch, Dropout dropout) {
        return LayerStack.of(body, batch, AskedRows.PREDICTORS, compute, dropout);
    }

    /// Starts to decode; to be closed before this. What was started before the weights changed
    /// cannot go on.
    public DecodingState startDecoding() {
        DecodingModel current = decoding;
        if (current == null || !current.isCurrent()) {
            closeDecoding();
            current = new DecodingModel(architecture, weights, compute.packed());
            decoding = current;
        }
        return new DecodingState(current, compute.precision());
    }

    private void closeDecoding() {
        if (decoding != null) {
            decoding.close();
            decoding = null;
        }
    }

    /// @return the lowest layer that is differentiated, from 0
    public int lowestTrained() {
        return body.lowestTrained();
    }

    @Override
    public void close() {
        closeDecoding();
        body.close();
    }
}
