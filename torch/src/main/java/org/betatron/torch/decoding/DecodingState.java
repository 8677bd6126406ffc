package org.betatron.torch.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.tensor.Precision;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Sequences being decoded with one model; owns their keys and values.
///
/// To be called without recording a graph.
public final class DecodingState implements AutoCloseable {

    private final DecodingModel model;
    private final Precision precision;
    private final KeyValueCache cache;
    private final List<@Nullable CachedSequence> sequences = new ArrayList<>(); // by number; null once ended

    /// @param model lent; must outlive this
    public DecodingState(ArchitectureSpec spec, DecodingModel model, Precision precision) {
        this.model = model;
        this.precision = precision;
        cache = new KeyValueCache(new KeyValueShape(
                spec.numLayers(),
                spec.numHeads(),
                spec.headDim(),
                precision.scalarType(),
                model.architecture().embedding()));
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
        Architecture architecture = model.architecture();
        Tensor weights = architecture.embedding();
        Tensor hidden = architecture.hidden(
                Tensors.indices(rows.ids(), weights),
                rows.positions(),
                new CachedAttention(rows, precision.scalarType(), weights)); // [T, E]
        for (int i = 0; i < numbers.length; i++) {
            CachedSequence sequence = continued.get(i);
            sequence.length(sequence.length() + tokenIds[i].length);
        }
        Tensor last = architecture.finalNorm(hidden.index_select(0, Tensors.indices(rows.predictors(), weights)));
        return Tensors.toRows(model.head().apply(last), numbers.length);
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
    }
}
