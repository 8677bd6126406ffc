package org.betatron.runs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.run.RunFiles;
import org.betatron.data.packing.Packing;
import org.betatron.data.row.HeldOut.Split;
import org.betatron.data.row.TokenizedRow;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.training.reference.MappedReferenceLogProbs;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.reference.Reference;
import org.betatron.training.reference.ReferenceCache;
import org.betatron.training.reference.ReferenceKey;
import org.betatron.training.run.Fingerprint;
import org.betatron.training.run.Settings;
import org.jspecify.annotations.Nullable;

/// What the policy is compared with: nothing, log-probabilities from a cache that is read or
/// computed, or a
/// model that runs beside it.
///
/// @param training   of the training rows
/// @param evaluation of the held-out rows
/// @param moving     the model, if it follows the policy
/// @param owned      what is closed at the end
record References(
        Reference training,
        Reference evaluation,
        Optional<MovingReference<AlignmentState>> moving,
        List<AutoCloseable> owned)
        implements AutoCloseable {

    static References open(
            RunRequest<AlignRecipe> request,
            Alignment alignment,
            RunSession session,
            ModelSource source,
            Split<? extends TokenizedRow> rows) {
        AlignRecipe recipe = request.recipe();
        if (!alignment.inputs().needsReference()) {
            return new References(new Reference.None(), new Reference.None(), Optional.empty(), List.of());
        }
        if (recipe.reference().isLive(alignment)) {
            return new References(new Reference.None(), new Reference.None(), Optional.empty(), List.of());
        }
        Path model = ModelPlace.of(Path.of(
                recipe.reference().model().isEmpty()
                        ? recipe.model()
                        : recipe.reference().model()));
        return cached(request, session, source, rows, model);
    }

    /// @param policy open longer
    /// @return these, lent, or the reference that runs beside the policy; to be closed before the
    ///     policy
    References beside(AlignRecipe recipe, Alignment alignment, RunSession session, TorchLanguageModel policy) {
        if (!alignment.inputs().needsReference() || !recipe.reference().isLive(alignment)) {
            return new References(training, evaluation, moving, List.of());
        }
        LiveReference<AlignmentState> live = LiveReference.open(
                recipe, recipe.reference(), session, policy, AlignmentState::againstAnotherReference);
        Reference model = new Reference.Live(live.model());
        return new References(model, model, live.moving(), List.of(live));
    }

    private static References cached(
            RunRequest<AlignRecipe> request,
            RunSession session,
            ModelSource source,
            Split<? extends TokenizedRow> rows,
            Path model) {
        AlignRecipe recipe = request.recipe();
        Path directory = recipe.reference().cache().isEmpty()
                ? session.directory().root().resolve(RunFiles.REFERENCE)
                : Path.of(recipe.reference().cache());
        Settings settings = request.resolved()
                .settings()
                .only(References::changesLogProbs)
                .with(ReferenceKey.MODEL, Fingerprint.of(new ModelDirectory(model).modelFiles()))
                .with(ReferenceKey.TOKENIZER, source.tokenizerFingerprint());
        List<AutoCloseable> owned = new ArrayList<>();
        try (Maker maker = new Maker(request, session, model, settings)) {
            MappedReferenceLogProbs training = maker.open(directory.resolve("training.logprobs"), rows.training());
            owned.add(training);
            if (rows.evaluation().isEmpty()) {
                return new References(new Reference.Cached(training), new Reference.None(), Optional.empty(), owned);
            }
            MappedReferenceLogProbs evaluation = maker.open(directory.resolve("heldout.logprobs"), rows.evaluation());
            owned.add(evaluation);
            return new References(
                    new Reference.Cached(training), new Reference.Cached(evaluation), Optional.empty(), owned);
        } catch (RuntimeException e) {
            closeAll(owned);
            throw e;
        }
    }

    private static boolean changesLogProbs(String setting) {
        return setting.startsWith("data.truncation.")
                || setting.equals("compute.precision")
                || setting.equals("compute.weights")
                || setting.equals("compute.base");
    }

    @Override
    public void close() {
        closeAll(owned);
    }

    private static void closeAll(List<AutoCloseable> resources) {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("a reference cannot be closed", e);
            }
        }
    }

    /// Opens caches, and loads the reference model only if one has to be computed.
    private static final class Maker implements AutoCloseable {

        private final RunRequest<AlignRecipe> request;
        private final RunSession session;
        private final Path modelDirectory;
        private final Settings settings;
        private @Nullable TorchLanguageModel model;

        Maker(RunRequest<AlignRecipe> request, RunSession session, Path modelDirectory, Settings settings) {
            this.request = request;
            this.session = session;
            this.modelDirectory = modelDirectory;
            this.settings = settings;
        }

        MappedReferenceLogProbs open(Path file, List<? extends TokenizedRow> rows) {
            AlignRecipe recipe = request.recipe();
            ReferenceCache cache = new ReferenceCache(file, ReferenceKey.of(settings, rows));
            session.reached("reference log-probs of " + file.getFileName());
            // As rank 0 sees it: the others wait for what it writes.
            if (session.ranks().any(session.ranks().isFirst() && cache.exists())) {
                session.tell(new RunEvent.ReferenceRead(file));
            } else {
                // Scoring keeps no graph, so more fits at once than in training.
                Packing packing = recipe.train().packing().twice();
                TorchLanguageModel scorer = reference();
                long begun = System.nanoTime();
                cache.compute(scorer, rows, packing, session.referenceProgress(), session.ranks());
                session.tell(new RunEvent.ReferenceComputed(rows.size(), (System.nanoTime() - begun) * 1e-9));
            }
            return cache.open();
        }

        private TorchLanguageModel reference() {
            TorchLanguageModel open = model;
            if (open == null) {
                session.useThreads();
                open = session.models()
                        .language(modelDirectory, request.recipe().compute().model());
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
