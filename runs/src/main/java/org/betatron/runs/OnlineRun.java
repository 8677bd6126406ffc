package org.betatron.runs;

import static org.betatron.core.run.MetricNames.KL_PREVIOUS;
import static org.betatron.core.run.MetricNames.ROLLOUT;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.OnlineRecipe;
import org.betatron.runs.recipe.ReferenceSection;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.online.OnlineRule;
import org.betatron.training.online.OnlineState;
import org.betatron.training.online.PairRounds;
import org.betatron.training.online.Rollout;
import org.betatron.training.preference.PairDecider;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.reference.Reference;
import org.betatron.training.reference.ReferenceUpdateSpec;
import org.jspecify.annotations.Nullable;

/// Preference alignment on the model's own answers, from a recipe to a model on disk.
public final class OnlineRun {

    private final RunRequest<OnlineRecipe> request;
    private final OnlineRecipe recipe;
    private final RewardSetup setup;
    private final Alignment alignment;

    private OnlineRun(RunRequest<OnlineRecipe> request, RewardSetup setup) {
        this.request = request;
        this.recipe = request.recipe();
        this.setup = setup;
        this.alignment = recipe.alignment().create();
    }

    /// Carries out a run.
    ///
    /// @throws org.betatron.runs.recipe.RecipeException if settings of the recipe do not go
    ///     together
    public static RunResult run(RunRequest<OnlineRecipe> request) {
        return run(request, RewardSetup.OF_RECIPE);
    }

    /// As [#run(RunRequest)], with further sources of rewards.
    public static RunResult run(RunRequest<OnlineRecipe> request, RewardSetup setup) {
        return new OnlineRun(request.pinned(), setup).run();
    }

    private RunResult run() {
        ModelSource source = new ModelSource(ModelPlace.of(Path.of(recipe.model())));
        try (RunSession session = RunSession.open(request, source);
                HuggingFaceTokenizer tokenizer = source.openTokenizer();
                RolloutRun rollouts = new RolloutRun(recipe, setup, session, source, tokenizer);
                TorchLanguageModel policy = session.openModel(TorchLanguageModel::load);
                LiveReference<OnlineState> reference = reference(session, policy);
                LiveReference<OnlineState> start = start(session, policy)) {
            return rollouts.train(policy, after -> training(rollouts, policy, reference, start, after));
        }
    }

    private @Nullable LiveReference<OnlineState> reference(RunSession session, TorchLanguageModel policy) {
        return recipe.needsReference()
                ? LiveReference.open(recipe, recipe.reference(), session, policy, OnlineState::againstAnotherReference)
                : null;
    }

    /// Where the reference moves, the distance from the start is measured from a model that does
    /// not.
    private @Nullable LiveReference<OnlineState> start(RunSession session, TorchLanguageModel policy) {
        boolean moves = recipe.reference().update() instanceof ReferenceUpdateSpec.Blend;
        return recipe.needsReference() && moves
                ? LiveReference.open(
                        recipe,
                        new ReferenceSection(recipe.reference().model(), "", ReferenceUpdateSpec.None.DEFAULT),
                        session,
                        policy,
                        OnlineState::againstAnotherReference)
                : null;
    }

    private Training<?, ?, OnlineState> training(
            RolloutRun rollouts,
            TorchLanguageModel policy,
            @Nullable LiveReference<OnlineState> reference,
            @Nullable LiveReference<OnlineState> start,
            Runnable after) {
        Map<String, LanguageModel> compared = new LinkedHashMap<>();
        if (reference != null) {
            compared.put(Rollout.KL, start == null ? reference.model() : start.model());
        }
        if (reference != null && start != null) {
            compared.put(ROLLOUT + KL_PREVIOUS, reference.model());
        }
        PairRounds source = new PairRounds(
                rollouts.writer(policy),
                recipe.pairs(),
                rollouts.answers(),
                recipe.roundBeta(),
                compared,
                rollouts.log());
        PairDecider decider = new PairDecider(
                alignment,
                reference != null && alignment.inputs().needsReference()
                        ? new Reference.Live(reference.model())
                        : new Reference.None(),
                recipe.train().microBatchSize(),
                recipe.train().seed());
        OnlineRule rule = new OnlineRule(decider, source, recipe.stop(), rollouts.clock());
        Optional<MovingReference<OnlineState>> moving = reference == null ? Optional.empty() : reference.moving();
        return new Training<>(
                policy,
                policy.asking(rule.request()),
                List.of(),
                rule,
                rollouts.rows(),
                rollouts.evaluation(policy, compared.get(Rollout.KL)),
                moving,
                after,
                List::of);
    }
}
