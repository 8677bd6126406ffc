package org.betatron.torch.head;

import org.betatron.torch.memory.Owned;

/// A reference model that was run over the same batch.
///
/// @param statistics of the reference, borrowed
/// @param predictors its normalised states, `[N, E_ref]`, without graph; owned
public record ReferenceRows(VocabularyStatistics statistics, Owned predictors) implements AutoCloseable {

    @Override
    public void close() {
        predictors.close();
    }
}
