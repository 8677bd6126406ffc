package org.betatron.core.model;

/// A language model in training that is asked the same of every batch.
///
/// @param model   borrowed: closing this closes nothing
/// @param request what is wanted beside log-probabilities
record AskedTrainableModel(TrainableLanguageModel model, VocabularyRequest request) implements DifferentiableModel {

    @Override
    public TokenNumbers score(PackedBatch batch) {
        return model.score(batch, request);
    }

    @Override
    public ForwardPass forward(PackedBatch batch) {
        return model.forward(batch, request);
    }

    @Override
    public DifferentiableModel dropping(long seed) {
        return model.dropping(seed, request);
    }

    @Override
    public int tokensAtOnce() {
        return model.tokensAtOnce();
    }

    @Override
    public long graphBytes(long numTokens) {
        return model.graphBytes(numTokens);
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
