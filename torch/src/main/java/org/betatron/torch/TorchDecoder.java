package org.betatron.torch;

import java.util.Arrays;
import org.betatron.core.model.Decoder;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.decoding.DecodingState;
import org.betatron.torch.error.NativeErrors;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.weight.Parameters;

/// Sequences being decoded on libtorch with a key-value cache.
final class TorchDecoder implements Decoder {

    private final DecodingState state;
    private final ArchitectureSpec spec;
    private final Parameters weights;
    private boolean closed;

    TorchDecoder(DecodingState state, ArchitectureSpec spec, Parameters weights) {
        this.state = state;
        this.weights = weights;
        this.spec = spec;
    }

    @Override
    public int begin() {
        requireOpen();
        return state.begin();
    }

    @Override
    public int fork(int sequence) {
        requireOpen();
        return NativeErrors.translate(
                () -> "copying the keys and values of " + state.length(sequence) + " tokens",
                () -> Memory.compute(() -> Memory.withoutGradient(() -> state.fork(sequence))));
    }

    @Override
    public float[][] append(int[] sequences, int[][] tokenIds) {
        requireOpen();
        check(sequences, tokenIds);
        return NativeErrors.translate(
                () -> "decoding "
                        + Arrays.stream(tokenIds).mapToInt(ids -> ids.length).sum() + " tokens of " + sequences.length
                        + " sequences",
                () -> Memory.compute(() -> Memory.withoutGradient(() -> state.append(sequences, tokenIds))));
    }

    private void check(int[] sequences, int[][] tokenIds) {
        if (sequences.length == 0 || sequences.length != tokenIds.length) {
            throw new IllegalArgumentException("there must be tokens for each of at least one sequence but there were "
                    + tokenIds.length + " for " + sequences.length);
        }
        if (Arrays.stream(sequences).distinct().count() != sequences.length) {
            throw new IllegalArgumentException("a sequence may be appended to once per call");
        }
        for (int i = 0; i < sequences.length; i++) {
            if (tokenIds[i].length == 0) {
                throw new IllegalArgumentException("at least one token must be appended");
            }
            for (int id : tokenIds[i]) {
                BatchFit.requireToken(id, spec.vocabularySize());
            }
            int length = state.length(sequences[i]) + tokenIds[i].length;
            if (length > spec.maxPositions()) {
                throw new IllegalArgumentException("the sequence must have at most " + spec.maxPositions()
                        + " tokens, the model's positions, but would have " + length);
            }
        }
    }

    @Override
    public int length(int sequence) {
        requireOpen();
        return state.length(sequence);
    }

    @Override
    public void end(int sequence) {
        requireOpen();
        Memory.run(() -> state.end(sequence));
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the decoder was used after it was closed");
        }
        weights.requireUsable();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            state.close();
        }
    }
}
