package org.betatron.core.model;

/// A language model whose weights can be learned.
public interface TrainableLanguageModel extends LanguageModel, TrainableModel {

    /// As [#forward(PackedBatch)], with further numbers of each response token.
    ///
    /// @param request what else is wanted; its reference must stay open until the pass is closed
    ForwardPass forward(PackedBatch batch, VocabularyRequest request);

    @Override
    default ForwardPass forward(PackedBatch batch) {
        return forward(batch, VocabularyRequest.NONE);
    }

    @Override
    default DifferentiableModel dropping(long seed) {
        return dropping(seed, VocabularyRequest.NONE);
    }

    /// As [#dropping(long)], asked the same of every batch.
    ///
    /// @param request what is wanted beside log-probabilities; its reference leaves out nothing
    default DifferentiableModel dropping(long seed, VocabularyRequest request) {
        return asking(request);
    }

    @Override
    default DifferentiableModel asking(VocabularyRequest request) {
        return new AskedTrainableModel(this, request);
    }
}
