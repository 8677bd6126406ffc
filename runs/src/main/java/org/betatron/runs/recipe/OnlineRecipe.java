package org.betatron.runs.recipe;

import java.util.List;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.training.TrainSpec;
import org.betatron.training.online.PairSpec;
import org.betatron.training.online.RolloutSpec;
import org.betatron.training.online.RoundBetaSpec;
import org.betatron.training.online.StopSpec;

/// Preference alignment on pairs of the model's own answers, round by round.
///
/// @param model     Hugging Face directory that training starts from
/// @param reference what log-ratios are taken against; it runs beside the policy
/// @param data      prompts, with answers where pairs are made with them
/// @param rewards   what answers are worth; none where pairs need no scores
/// @param pairs     which pairs are made of answers
/// @param alignment what is learned from them
/// @param roundBeta what becomes of beta from round to round
/// @param rollout   how answers are written
/// @param stop      where it ends before all steps are done
/// @param adapter   what is trained instead of the model's own weights, if anything
/// @param optimizer how weights move
/// @param train     how long, in which portions; a batch is of pairs
/// @param compute   how the machine is used
public record OnlineRecipe(
        String model,
        ReferenceSection reference,
        DataSection<PreferenceFormat> data,
        List<RewardSourceSpec> rewards,
        PairSpec pairs,
        AlignmentSpec alignment,
        RoundBetaSpec roundBeta,
        RolloutSpec rollout,
        StopSpec stop,
        AdapterSpec adapter,
        OptimizerSpec optimizer,
        TrainSpec train,
        ComputeSection compute)
        implements PromptedRecipe {

    /// Pairs of an optimizer step; ours.
    private static final int BATCH = 16;

    /// Online DPO: best against worst of four answers, from one round to the next with the weights
    /// of the last step.
    public static final OnlineRecipe DEFAULT = new OnlineRecipe(
            "",
            ReferenceSection.DEFAULT,
            DataSection.defaults(PreferenceFormat.AUTO),
            List.of(),
            PairSpec.Best.DEFAULT,
            AlignmentSpec.DPO,
            RoundBetaSpec.Constant.DEFAULT,
            RolloutSpec.DEFAULT.withSamples(4),
            StopSpec.DEFAULT,
            AdapterSpec.None.DEFAULT,
            OptimizerSpec.AdamW.DEFAULT,
            PolicyRecipe.training(5e-7).withBatchSize(BATCH),
            ComputeSection.DEFAULT);

    public OnlineRecipe {
        rewards = List.copyOf(rewards);
    }

    @Override
    public boolean readsAnswers() {
        return !pairs.needsScores();
    }

    @Override
    public int promptsAtOnce() {
        return train.batchSize() * rollout.batches();
    }

    @Override
    public boolean needsReference() {
        return alignment.create().inputs().needsReference() || stop.kl() > 0 || roundBeta.needsKl();
    }
}
