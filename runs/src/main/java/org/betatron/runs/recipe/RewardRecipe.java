package org.betatron.runs.recipe;

import java.nio.file.Path;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.reward.RewardSpec;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.training.TrainSpec;

/// The training of a reward model.
///
/// @param model     Hugging Face directory that training starts from: a language model, whose head
///     is exchanged, or a reward model
/// @param data      preference pairs
/// @param reward    what is learned from them
/// @param optimizer how weights move
/// @param train     how long, in which portions
/// @param compute   how the machine is used
public record RewardRecipe(
        String model,
        DataSection<PreferenceFormat> data,
        RewardSpec reward,
        OptimizerSpec optimizer,
        TrainSpec train,
        ComputeSection compute)
        implements Recipe {

    /// AdamW at the learning rate of OpenRLHF's `train_rm`; every twentieth pair is held out.
    public static final RewardRecipe DEFAULT = new RewardRecipe(
            "",
            DataSection.defaults(PreferenceFormat.AUTO),
            RewardSpec.DEFAULT,
            OptimizerSpec.AdamW.DEFAULT,
            TrainSpec.DEFAULT.withLearningRate(9e-6),
            ComputeSection.DEFAULT);

    /// @param directory Hugging Face directory
    /// @return the same training of another model
    public RewardRecipe withModel(Path directory) {
        return new RewardRecipe(directory.toString(), data, reward, optimizer, train, compute);
    }

    /// @return the same training from other data
    public RewardRecipe withData(DataSection<PreferenceFormat> newData) {
        return new RewardRecipe(model, newData, reward, optimizer, train, compute);
    }

    /// @return the same training of something else
    public RewardRecipe withReward(RewardSpec newReward) {
        return new RewardRecipe(model, data, newReward, optimizer, train, compute);
    }

    /// @return the same training with another optimizer
    public RewardRecipe withOptimizer(OptimizerSpec newOptimizer) {
        return new RewardRecipe(model, data, reward, newOptimizer, train, compute);
    }

    /// @return the same training for another length or in other portions
    public RewardRecipe withTrain(TrainSpec newTrain) {
        return new RewardRecipe(model, data, reward, optimizer, newTrain, compute);
    }

    /// @return the same training in another way
    public RewardRecipe withCompute(ComputeSection newCompute) {
        return new RewardRecipe(model, data, reward, optimizer, train, newCompute);
    }
}
