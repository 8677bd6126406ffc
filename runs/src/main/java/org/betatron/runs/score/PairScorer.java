package org.betatron.runs.score;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.StreamSupport;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.preference.PairMeasurement;
import org.betatron.training.preference.PairScoring;
import org.betatron.training.reference.Reference;
import org.betatron.training.run.TrainingException;
import org.jspecify.annotations.Nullable;

/// A model and what it is compared with, in memory until it is closed. One thread at a time.
public final class PairScorer implements AutoCloseable {

    private final AlignRecipe recipe;
    private final TorchLanguageModel policy;
    private final @Nullable TorchLanguageModel reference;

    private PairScorer(AlignRecipe recipe, TorchLanguageModel policy, @Nullable TorchLanguageModel reference) {
        this.recipe = recipe;
        this.policy = policy;
        this.reference = reference;
    }

    /// @param model     Hugging Face directory of the policy
    /// @param reference Hugging Face directory of what it is compared with; null, or not read,
    ///     where
    ///     the objective compares with nothing
    /// @param recipe    what a gap is, and how the models compute
    /// @param listener  hears what has to be said of the models' files
    /// @return the models, to be closed by the caller
    public static PairScorer open(Path model, @Nullable Path reference, AlignRecipe recipe, RunListener listener) {
        ComputeThreads.use(recipe.compute().threads());
        ModelOpening models = ModelOpening.toldTo(listener);
        TorchLanguageModel policy = models.language(model, recipe.compute().model());
        try {
            return new PairScorer(
                    recipe,
                    policy,
                    ScoreRun.needsReference(recipe)
                            ? models.language(
                                    Objects.requireNonNull(reference),
                                    recipe.compute().model())
                            : null);
        } catch (RuntimeException e) {
            policy.close();
            throw e;
        }
    }

    /// Measures pairs as the result is iterated, some at a time.
    ///
    /// @param progress hears how many have gone through the models
    /// @return what the models say of each, in order
    /// @throws TrainingException if a number is not finite
    public Iterable<List<PairMeasurement>> measure(List<TokenizedPair> pairs, IntConsumer progress) {
        ComputeThreads.use(recipe.compute().threads());
        Iterable<List<PairMeasurement>> measured = new PairScoring(
                        recipe.alignment().create(),
                        reference == null ? new Reference.None() : new Reference.Live(reference),
                        recipe.train().packing())
                .measure(policy, pairs, progress);
        return () -> StreamSupport.stream(measured.spliterator(), false)
                .peek(some -> some.forEach(PairScorer::requireFinite))
                .iterator();
    }

    private static void requireFinite(PairMeasurement pair) {
        if (!Double.isFinite(pair.gap() + pair.loss())) {
            throw new TrainingException(
                    "log-probs of row '" + pair.row().id() + "' (" + pair.row().place() + ") are "
                            + pair.policyChosen() + " and " + pair.policyRejected() + " (gap " + pair.gap() + ", loss "
                            + pair.loss() + "); remove the row or check the model");
        }
    }

    @Override
    public void close() {
        try (policy) {
            if (reference != null) {
                reference.close();
            }
        }
    }
}
