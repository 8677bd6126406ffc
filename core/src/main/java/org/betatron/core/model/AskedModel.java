package org.betatron.core.model;

/// A language model that is asked the same of every batch.
///
/// @param model   borrowed: closing this closes nothing
/// @param request what is wanted beside log-probabilities
record AskedModel(LanguageModel model, VocabularyRequest request) implements ResponseModel {

    @Override
    public TokenNumbers score(PackedBatch batch) {
        return model.score(batch, request);
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
