package org.betatron.torch;

import org.betatron.core.model.Decoder;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.NativeErrors;
import org.betatron.torch.model.ArchitectureSpec;
import org.betatron.torch.model.Parameters;
import org.betatron.torch.model.Transformer;

/// A sequence being decoded on libtorch with a key-value cache.
final class TorchDecoder implements Decoder {

    private final Transformer.DecodingState state;
    private final ArchitectureSpec spec;
    private final Parameters weights;
    private boolean closed;

    TorchDecoder(Transformer.DecodingState state, ArchitectureSpec spec, Parameters weights) {
        this.state = state;
        this.weights = weights;
        this.spec = spec;
    }

    @Override
    public float[] append(int... tokenIds) {
        if (closed) {
            throw new IllegalStateException("the decoder was used after it was closed");
        }
        weights.requireOpen();
        if (tokenIds.length == 0) {
            throw new IllegalArgumentException("at least one token must be appended");
        }
        for (int id : tokenIds) {
            TorchLanguageModel.checkToken(id, spec.vocabularySize());
        }
        if (state.length() + tokenIds.length > spec.maxPositions()) {
            throw new IllegalArgumentException("the sequence must have at most " + spec.maxPositions()
                    + " tokens, the model's positions, but would have " + (state.length() + tokenIds.length));
        }
        return NativeErrors.translate(
                () -> "decoding " + tokenIds.length + " tokens after " + state.length(),
                () -> Memory.compute(() -> Memory.withoutGradient(() -> state.append(tokenIds))));
    }

    @Override
    public void close() {
        closed = true;
        state.close();
    }
}
