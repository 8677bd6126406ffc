package org.betatron.torch;

import org.betatron.core.model.Decoder;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.model.ArchitectureSpec;
import org.betatron.torch.model.Transformer;

/// A sequence being decoded on libtorch with a key-value cache.
final class TorchDecoder implements Decoder {

    private final Transformer.DecodingState state;
    private final ArchitectureSpec spec;

    TorchDecoder(Transformer.DecodingState state, ArchitectureSpec spec) {
        this.state = state;
        this.spec = spec;
    }

    @Override
    public float[] append(int... tokenIds) {
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
        return Memory.compute(() -> Memory.withoutGradient(() -> state.append(tokenIds)));
    }

    @Override
    public void close() {
        state.close();
    }
}
