package org.betatron.runs.recipe;

import java.nio.file.Path;
import org.betatron.core.model.AdapterSpec;
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
/// @param adapter   what is trained instead of the model's own weights, if anything
/// @param optimizer how weights move
/// @param train     how long, in which portions
/// @param compute   how the machine is used
public record RewardRecipe(
        String model,
        DataSection<PreferenceFormat> data,
        RewardSpec reward,
        AdapterSpec adapter,
        OptimizerSpec optimizer,
        TrainSpec train,
        ComputeSection compute)
        implements Recipe {

    /// AdamW at the learning rate of OpenRLHF's `train_rm`; every twentieth pair is held out.
    public static final RewardRecipe DEFAULT = new RewardRecipe(
            "",
            DataSection.defaults(PreferenceFormat.AUTO),
            RewardSpec.DEFAULT,
            AdapterSpec.None.DEFAULT,
            OptimizerSpec.AdamW.DEFAULT,
            TrainSpec.DEFAULT.withLearningRate(9e-6),
            ComputeSection.DEFAULT);

    /// @param directory Hugging Face directory
    /// @return the same training of another model
    public RewardRecipe withModel(Path directory) {
        return new RewardRecipe(directory.toString(), data, reward, adapter, optimizer, train, compute);
    }

    /// @return the same training from other data
    public RewardRecipe withData(DataSection<PreferenceFormat> newData) {
        return new RewardRecipe(model, newData, reward, adapter, optimizer, train, compute);
    }

    /// @return the same training of something else
    public RewardRecipe withReward(RewardSpec newReward) {
        return new RewardRecipe(model, data, newReward, adapter, optimizer, train, compute);
    }

    /// @return the same training of something beside the model's weights
    public RewardRecipe withAdapter(AdapterSpec newAdapter) {
        return new RewardRecipe(model, data, reward, newAdapter, optimizer, train, compute);
    }

    /// @return the same training with another optimizer
    public RewardRecipe withOptimizer(OptimizerSpec newOptimizer) {
        return new RewardRecipe(model, data, reward, adapter, newOptimizer, train, compute);
    }

    /// @return the same training for another length or in other portions
    public RewardRecipe withTrain(TrainSpec newTrain) {
        return new RewardRecipe(model, data, reward, adapter, optimizer, newTrain, compute);
    }

    /// @return the same training in another way
    public RewardRecipe withCompute(ComputeSection newCompute) {
        return new RewardRecipe(model, data, reward, adapter, optimizer, train, newCompute);
    }
}
