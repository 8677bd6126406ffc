package org.betatron.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.JointModel;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.model.AdapterPlace;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.PolicyRecipe;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.training.online.PolicyRollouts;
import org.betatron.training.online.PolicyRule;
import org.betatron.training.online.PolicyState;
import org.betatron.training.reference.MovingReference;
import org.jspecify.annotations.Nullable;

/// Reinforcement learning from a recipe to a model on disk: PPO, RLOO, REINFORCE, GRPO.
public final class PolicyRun {

    private static final String CRITIC = "critic";

    private final RunRequest<PolicyRecipe> request;
    private final PolicyRecipe recipe;
    private final RewardSetup setup;

    private PolicyRun(RunRequest<PolicyRecipe> request, RewardSetup setup) {
        this.request = request;
        this.recipe = request.recipe();
        this.setup = setup;
    }

    /// Carries out a run.
    ///
    /// @throws org.betatron.runs.recipe.RecipeException if settings of the recipe do not go
    ///     together
    public static RunResult run(RunRequest<PolicyRecipe> request) {
        return run(request, RewardSetup.OF_RECIPE);
    }

    /// As [#run(RunRequest)], with further sources of rewards.
    public static RunResult run(RunRequest<PolicyRecipe> request, RewardSetup setup) {
        return new PolicyRun(request.pinned(), setup).run();
    }

    private RunResult run() {
        ModelSource source = new ModelSource(ModelPlace.of(Path.of(recipe.model())));
        try (RunSession session = RunSession.open(request, source);
                HuggingFaceTokenizer tokenizer = source.openTokenizer();
                RolloutRun rollouts = new RolloutRun(recipe, setup, session, source, tokenizer);
                TorchLanguageModel policy = session.openModel(TorchLanguageModel::load);
                LiveReference<PolicyState> reference = reference(session, policy);
                TorchRewardModel critic = critic(session)) {
            recipe.policy().kl().remark().ifPresent(session::warn);
            return rollouts.train(policy, after -> training(rollouts, policy, reference, critic, after));
        }
    }

    private @Nullable LiveReference<PolicyState> reference(RunSession session, TorchLanguageModel policy) {
        return recipe.needsReference()
                ? LiveReference.open(recipe, recipe.reference(), session, policy, UnaryOperator.identity())
                : null;
    }

    private @Nullable TorchRewardModel critic(RunSession session) {
        if (!recipe.policy().hasCritic()) {
            return null;
        }
        Path start = Path.of(recipe.critic().isEmpty() ? recipe.model() : recipe.critic());
        Path directory = session.checkpoint()
                .map(checkpoint -> checkpoint.modelDirectory(CRITIC))
                .orElse(start);
        long seed = recipe.train().seed();
        ComputeSpec compute = recipe.compute().model();
        TorchRewardModel critic =
                session.models().open(directory, compute, (place, spec) -> TorchRewardModel.critic(place, seed, spec));
        critic.noteFiles();
        if (recipe.adapter() instanceof AdapterSpec.Lora lora
                && session.checkpoint().isEmpty()) {
            ModelSource.naming("adapter", () -> critic.adapt(lora, AdapterPlace.named(start), seed));
        }
        return critic;
    }

    private Training<?, ?, PolicyState> training(
            RolloutRun rollouts,
            TorchLanguageModel policy,
            @Nullable LiveReference<PolicyState> reference,
            @Nullable TorchRewardModel critic,
            Runnable after) {
        PolicyRollouts source = new PolicyRollouts(
                rollouts.writer(policy),
                recipe.policy(),
                reference == null ? null : reference.model(),
                critic,
                rollouts.log());
        PolicyRule rule = new PolicyRule(
                recipe.policy(), source, recipe.rollout().maxNewTokens(), recipe.stop(), rollouts.clock());
        DifferentiableModel asked = policy.asking(rule.request());
        Optional<MovingReference<PolicyState>> moving = reference == null ? Optional.empty() : reference.moving();
        return new Training<>(
                policy,
                critic == null ? asked : new JointModel(List.of(asked, critic)),
                critic == null
                        ? List.of()
                        : List.of(new Training.Beside(
                                CRITIC, critic, recipe.policy().critic().rate())),
                rule,
                rollouts.rows(),
                rollouts.evaluation(policy, reference == null ? null : reference.model()),
                moving,
                after,
                List::of);
    }
}
