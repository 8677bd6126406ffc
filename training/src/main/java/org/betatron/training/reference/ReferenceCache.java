package org.betatron.training.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.betatron.core.files.StagedFiles;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.rank.Ranks;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.SharedBatch;
import org.betatron.data.row.TokenizedRow;
import org.betatron.training.run.OtherSettingsException;
import org.betatron.training.run.TrainingException;

/// The file in which the reference log-probabilities of one data set are kept, and the key that it
/// must have.
///
/// A file with another key is never used and never overwritten. A file is complete or absent: it is
/// written beside and moved into place. Two runs that compute it at once both succeed.
///
/// @param file where it lies
/// @param key  what its values depend on
public record ReferenceCache(Path file, ReferenceKey key) {

    /// @return whether the values have been computed; says nothing about their key
    public boolean exists() {
        return Files.exists(file);
    }

    /// @return the values, to be closed by the caller
    /// @throws TrainingException      if the file is missing or damaged
    /// @throws OtherSettingsException if it has another key, naming everything that differs
    public MappedReferenceLogProbs open() {
        try {
            MappedReferenceLogProbs values = MappedReferenceLogProbs.open(file);
            try {
                requireSame(values.header());
            } catch (OtherSettingsException e) {
                values.close();
                throw e;
            }
            return values;
        } catch (IOException e) {
            throw new TrainingException("reference file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// Computes the log-probability of every response token and writes the file.
    ///
    /// @param model    the reference
    /// @param rows     the rows that the key was made from
    /// @param packing  how they go through the model
    /// @param progress hears of every part
    /// @throws TrainingException if the file exists already or cannot be written, or if a
    ///     log-probability is not finite, as soon as it comes out of the model
    public void compute(
            LanguageModel model, List<? extends TokenizedRow> rows, Packing packing, ReferenceProgress progress) {
        compute(model, rows, packing, progress, Ranks.ALONE);
    }

    /// As [#compute(LanguageModel, List, Packing, ReferenceProgress)], where ranks share the work.
    /// The first one writes
    /// the file, which is there when the others come back.
    public void compute(
            LanguageModel model,
            List<? extends TokenizedRow> rows,
            Packing packing,
            ReferenceProgress progress,
            Ranks ranks) {
        if (!ranks.isFirst()) {
            score(model, rows, packing, progress, ranks, _ -> {});
            ranks.any(false); // until the file is there
            return;
        }
        if (exists()) {
            throw new TrainingException("reference file " + file + " exists already; delete it to compute it anew");
        }
        try {
            StagedFiles.write(file, partial -> {
                try (ReferenceWriter writer = new ReferenceWriter(partial, key, rows)) {
                    score(model, rows, packing, progress, ranks, writer::append);
                    writer.finish();
                }
            });
            ranks.any(false);
        } catch (IOException e) {
            throw new TrainingException(
                    "reference file " + file + " cannot be written: " + e.getMessage()
                            + "; free space or choose another path",
                    e);
        }
    }

    /// What is done with the numbers of some rows.
    @FunctionalInterface
    private interface Window<E extends Exception> {
        void scored(BatchNumbers numbers) throws E;
    }

    private static <E extends Exception> void score(
            LanguageModel model,
            List<? extends TokenizedRow> rows,
            Packing packing,
            ReferenceProgress progress,
            Ranks ranks,
            Window<E> window)
            throws E {
        for (RowBatch batch : RowBatch.windows(rows, packing)) {
            int from = batch.row(0);
            window.scored(SharedBatch.of(batch, ranks).score(model, (part, done) -> {
                requireFinite(part, rows);
                progress.rowsScored(from + Math.min(batch.size(), done * ranks.size()), rows.size());
            }));
        }
    }

    private static void requireFinite(BatchNumbers logProbs, List<? extends TokenizedRow> rows) {
        for (int index = 0; index < logProbs.size(); index++) {
            for (int response = 0; response < logProbs.numResponses(index); response++) {
                double sum = logProbs.sum(TokenQuantity.LOG_PROB, index, response);
                if (!Double.isFinite(sum)) {
                    throw new TrainingException("reference log-probability of row '"
                            + rows.get(logProbs.row(index)).id() + "' is " + sum
                            + "; remove the row or check the model");
                }
            }
        }
    }

    private void requireSame(ReferenceFormat.Header saved) {
        List<String> differences = key.differencesFrom(saved);
        if (!differences.isEmpty()) {
            throw new OtherSettingsException("reference file " + file + " was made with other settings: "
                    + String.join("; ", differences) + "; delete it or choose another path");
        }
    }
}
