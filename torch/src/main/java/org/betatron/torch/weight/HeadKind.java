package org.betatron.torch.weight;

import org.betatron.torch.files.ConfigReader;

/// What a model computes from its last states.
public enum HeadKind {
    /// Logits of the vocabulary, with a matrix of their own.
    VOCABULARY,
    /// Logits of the vocabulary, with the embedding.
    TIED,
    /// One score of the whole text.
    SCORE;

    /// Reads what `transformers` writes: the class `...ForSequenceClassification` with one label is
    /// a reward model.
    ///
    /// @param tied whether the family ties the head where the file says nothing
    public static HeadKind parse(ConfigReader config, boolean tied) {
        if (config.isSequenceClassification()) {
            int labels = config.numLabels();
            if (labels != 1) {
                throw config.unsupported(
                        "id2label", "one label, as a model has that scores (found " + labels + " labels)");
            }
            config.value("tie_word_embeddings"); // says nothing where there is no head to tie
            return SCORE;
        }
        return config.flag("tie_word_embeddings", tied) ? TIED : VOCABULARY;
    }
}
