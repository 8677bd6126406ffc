package org.betatron.torch;

import java.util.function.Function;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;

/// A model in one training step, which leaves out some of its numbers at random.
///
/// @param model   borrowed: closing this closes nothing
/// @param scored  its numbers of a batch
/// @param started its pass over a batch
record TorchStep(
        TorchModel model, Function<PackedBatch, TokenNumbers> scored, Function<PackedBatch, ForwardPass> started)
        implements DifferentiableModel {

    @Override
    public TokenNumbers score(PackedBatch batch) {
        return scored.apply(batch);
    }

    @Override
    public ForwardPass forward(PackedBatch batch) {
        return started.apply(batch);
    }

    @Override
    public long graphBytes(long numTokens) {
        return model.graphBytes(numTokens);
    }

    @Override
    public int tokensAtOnce() {
        return model.tokensAtOnce();
    }

    @Override
    public int vocabularySize() {
        return model.vocabularySize();
    }

    @Override
    public int maxPositions() {
        return model.maxPositions();
    }

    @Override
    public void close() {}
}
