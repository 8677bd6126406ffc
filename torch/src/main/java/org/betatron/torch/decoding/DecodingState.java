package org.betatron.torch.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.torch.architecture.Body;
import org.betatron.torch.architecture.LayerRun;
import org.betatron.torch.linear.Made;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Sequences being decoded with one model; owns their keys and values.
///
/// To be called without recording a graph.
public final class DecodingState implements AutoCloseable {

    private final DecodingModel model;
    private final ScalarType type;
    private final KeyValueCache cache;
    private final List<@Nullable CachedSequence> sequences = new ArrayList<>(); // by number; null once ended

    /// @param model lent; must outlive this
    /// @param type  number format of keys and values
    public DecodingState(DecodingModel model, DataType type) {
        this.model = model;
        model.begun();
        this.type = type.scalarType();
        cache = new KeyValueCache(new KeyValueShape(
                model.body().attention(), this.type, model.body().beside()));
    }

    /// @return number of a new, empty sequence
    public int begin() {
        sequences.add(new CachedSequence());
        return sequences.size() - 1;
    }

    /// @return number of a new sequence that holds what another one does
    public int fork(int number) {
        sequences.add(cache.fork(live(number)));
        return sequences.size() - 1;
    }

    /// @return tokens that a sequence holds
    public int length(int number) {
        return live(number).length();
    }

    /// Ends a sequence.
    public void end(int number) {
        cache.remove(live(number));
        sequences.set(number, null);
    }

    /// Appends tokens.
    ///
    /// @param numbers  different sequences, `[n]`, at least one
    /// @param tokenIds the next tokens of each, at least one each
    /// @return logits of the token that follows in each, `[n][V]`
    public float[][] append(int[] numbers, int[][] tokenIds) {
        List<CachedSequence> continued =
                Arrays.stream(numbers).mapToObj(this::live).toList();
        for (int i = 0; i < numbers.length; i++) {
            cache.reserve(continued.get(i), continued.get(i).length() + tokenIds[i].length);
        }
        DecodingRows rows = new DecodingRows(continued, tokenIds);
        Body body = model.body();
        Tensor beside = body.beside();
        LayerRun run = new LayerRun(
                body.weights(),
                model.maps(),
                body.attention(),
                new CachedAttention(rows, body.attention(), type, beside),
                body.rotations(rows.positions()),
                null);
        Tensor hidden = body.embed(Tensors.indices(rows.ids(), beside), rows.positions()); // [T, E]
        for (int i = 0; i < body.numLayers(); i++) {
            int layer = i;
            Tensor entering = hidden;
            // All layers' numbers together took 2 GB for 24 prompts and a model of 0.5 GB.
            hidden = Memory.scoped(() -> body.layer(layer, entering, run));
        }
        for (int i = 0; i < numbers.length; i++) {
            CachedSequence sequence = continued.get(i);
            sequence.length(sequence.length() + tokenIds[i].length);
        }
        Tensor last = body.finalNorm(hidden.index_select(0, Tensors.indices(rows.predictors(), beside)), run);
        Tensor logits = Tensors.toFloat(run.linear(model.head(), Made.kept(last)));
        return Tensors.toRows(body.logitCap().apply(logits), numbers.length);
    }

    private CachedSequence live(int number) {
        CachedSequence sequence = number >= 0 && number < sequences.size() ? sequences.get(number) : null;
        if (sequence == null) {
            throw new IllegalArgumentException("there is no sequence " + number + ", or it has ended");
        }
        return sequence;
    }

    @Override
    public void close() {
        cache.close();
        sequences.clear();
        model.ended();
    }
}
