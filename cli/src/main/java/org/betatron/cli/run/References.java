package org.betatron.cli.run;

import java.nio.file.Path;
import java.util.List;
import org.betatron.cli.recipe.AlignRecipe;
import org.betatron.data.HeldOut.Split;
import org.betatron.data.TokenizedPair;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.weights.ModelDirectory;
import org.betatron.training.reference.MappedReferenceLogProbs;
import org.betatron.training.reference.ReferenceCache;
import org.betatron.training.reference.ReferenceKey;
import org.betatron.training.reference.ReferenceLogProbs;
import org.betatron.training.run.Fingerprint;
import org.jspecify.annotations.Nullable;

/// Reference log-probabilities of training and held-out pairs: read from the cache, or computed into it.
///
/// @param mappedTraining   of the training pairs; null where the objective uses no reference
/// @param mappedEvaluation of the held-out pairs; null where there are none
record References(
        @Nullable MappedReferenceLogProbs mappedTraining,
        @Nullable MappedReferenceLogProbs mappedEvaluation) implements AutoCloseable {

    static References open(
            RunRequest<AlignRecipe> request, RunSession session, ModelSource source, Split<TokenizedPair> pairs) {
        AlignRecipe recipe = request.recipe();
        if (!recipe.alignment().create().inputs().needsReference()) {
            return new References(null, null);
        }
        Path model = Path.of(
                recipe.reference().model().isEmpty()
                        ? recipe.model()
                        : recipe.reference().model());
        Path directory = recipe.reference().cache().isEmpty()
                ? session.directory().root().resolve("reference")
                : Path.of(recipe.reference().cache());
        String fingerprint = Fingerprint.of(new ModelDirectory(model).modelFiles());
        String precision = recipe.compute().precision().configName();
        Maker maker = new Maker(request, model, fingerprint + " in " + precision, source.tokenizerFingerprint());
        try (maker) {
            MappedReferenceLogProbs training = maker.open(directory.resolve("training.logprobs"), pairs.training());
            try {
                return new References(
                        training,
                        pairs.evaluation().isEmpty()
                                ? null
                                : maker.open(directory.resolve("heldout.logprobs"), pairs.evaluation()));
            } catch (RuntimeException e) {
                training.close();
                throw e;
            }
        }
    }

    ReferenceLogProbs training() {
        return mappedTraining == null ? ReferenceLogProbs.NONE : mappedTraining;
    }

    ReferenceLogProbs evaluation() {
        return mappedEvaluation == null ? ReferenceLogProbs.NONE : mappedEvaluation;
    }

    @Override
    public void close() {
        if (mappedTraining != null) {
            mappedTraining.close();
        }
        if (mappedEvaluation != null) {
            mappedEvaluation.close();
        }
    }

    /// Opens caches, and loads the reference model only if one has to be computed.
    private static final class Maker implements AutoCloseable {

        private final RunRequest<AlignRecipe> request;
        private final Path modelDirectory;
        private final String modelKey;
        private final String tokenizerKey;
        private @Nullable TorchLanguageModel model;

        Maker(RunRequest<AlignRecipe> request, Path modelDirectory, String modelKey, String tokenizerKey) {
            this.request = request;
            this.modelDirectory = modelDirectory;
            this.modelKey = modelKey;
            this.tokenizerKey = tokenizerKey;
        }

        MappedReferenceLogProbs open(Path file, List<TokenizedPair> rows) {
            AlignRecipe recipe = request.recipe();
            ReferenceKey key = ReferenceKey.of(
                    modelKey, tokenizerKey, recipe.data().truncation().toString(), rows);
            ReferenceCache cache = new ReferenceCache(file, key);
            if (cache.exists()) {
                request.display().line("Reference log-probs read from " + file);
            } else {
                // Scoring keeps no graph, so more rows fit at once than in training.
                int rowsPerBatch = 2 * recipe.train().microBatchSize();
                TorchLanguageModel scorer = reference();
                long begun = System.nanoTime();
                cache.compute(scorer, rows, rowsPerBatch, request.display()::referenceScored);
                request.display().finished();
                request.display()
                        .line("Reference log-probs of %d rows computed in %.1f s"
                                .formatted(rows.size(), (System.nanoTime() - begun) * 1e-9));
            }
            return cache.open();
        }

        private TorchLanguageModel reference() {
            TorchLanguageModel open = model;
            if (open == null) {
                RunSession.useThreads(request.recipe().compute());
                open = TorchLanguageModel.load(
                        modelDirectory, request.recipe().compute().model());
                model = open;
            }
            return open;
        }

        @Override
        public void close() {
            if (model != null) {
                model.close();
            }
        }
    }
}
