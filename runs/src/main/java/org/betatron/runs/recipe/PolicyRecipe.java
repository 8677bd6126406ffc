package org.betatron.runs.recipe;

import java.util.List;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.policy.PolicySpec;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.training.TrainLength;
import org.betatron.training.TrainSpec;
import org.betatron.training.online.RolloutSpec;
import org.betatron.training.online.StopSpec;

/// Reinforcement learning from scores of the model's own answers.
///
/// @param model     Hugging Face directory that training starts from
/// @param critic    directory of the model that a critic begins from: a reward model, or a language
///     model, whose head is exchanged; empty for `model`
/// @param reference what the policy shall not leave
/// @param data      prompts; answers in the files are not read
/// @param rewards   what answers are worth
/// @param policy    what is learned from that
/// @param rollout   how answers are written
/// @param stop      where it ends before all steps are done
/// @param adapter   what is trained instead of the model's own weights, if anything
/// @param optimizer how weights move
/// @param train     how long, in which portions; a batch is of answers
/// @param compute   how the machine is used
public record PolicyRecipe(
        String model,
        String critic,
        ReferenceSection reference,
        DataSection<PreferenceFormat> data,
        List<RewardSourceSpec> rewards,
        PolicySpec policy,
        RolloutSpec rollout,
        StopSpec stop,
        AdapterSpec adapter,
        OptimizerSpec optimizer,
        TrainSpec train,
        ComputeSection compute)
        implements PromptedRecipe {

    /// Steps that are long enough to see whether rewards rise; ours.
    static final long STEPS = 200;

    /// Answers of an optimizer step; ours.
    static final int BATCH = 32;

    /// GRPO with AdamW at TRL's learning rate, eight answers to each of four prompts a step.
    public static final PolicyRecipe DEFAULT = new PolicyRecipe(
            "",
            "",
            ReferenceSection.DEFAULT,
            DataSection.defaults(PreferenceFormat.AUTO),
            List.of(),
            PolicySpec.Grpo.DEFAULT,
            RolloutSpec.DEFAULT,
            StopSpec.DEFAULT,
            AdapterSpec.None.DEFAULT,
            OptimizerSpec.AdamW.DEFAULT,
            training(1e-6),
            ComputeSection.DEFAULT);

    public PolicyRecipe {
        rewards = List.copyOf(rewards);
    }

    /// @return training of rows that are made, which come to no end by themselves
    static TrainSpec training(double learningRate) {
        return TrainSpec.DEFAULT
                .withLearningRate(learningRate)
                .withLength(new TrainLength.Steps(STEPS))
                .withBatchSize(BATCH)
                .withWarmupSteps(0);
    }

    @Override
    public boolean readsAnswers() {
        return false;
    }

    @Override
    public int promptsAtOnce() {
        return Math.max(1, train.batchSize() * rollout.batches() / rollout.samples());
    }

    @Override
    public boolean needsReference() {
        return policy.kl().needsReference() || stop.kl() > 0;
    }
}
