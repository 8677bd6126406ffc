package org.betatron.runs.recipe;

import java.nio.file.Path;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.data.layout.TextFormat;
import org.betatron.training.TrainSpec;

/// A supervised fine-tuning run.
///
/// @param model     Hugging Face directory that training starts from
/// @param data      texts to imitate
/// @param adapter   what is trained instead of the model's own weights, if anything
/// @param optimizer how weights move
/// @param train     how long, in which portions
/// @param compute   how the machine is used
public record SftRecipe(
        String model,
        DataSection<TextFormat> data,
        AdapterSpec adapter,
        OptimizerSpec optimizer,
        TrainSpec train,
        ComputeSection compute)
        implements Recipe {

    /// AdamW at the learning rate of TRL's `SFTConfig`; every twentieth text is held out.
    public static final SftRecipe DEFAULT = new SftRecipe(
            "",
            DataSection.defaults(TextFormat.AUTO),
            AdapterSpec.None.DEFAULT,
            OptimizerSpec.AdamW.DEFAULT,
            TrainSpec.DEFAULT.withLearningRate(2e-5),
            ComputeSection.DEFAULT);

    /// @param directory Hugging Face directory
    /// @return the same training of another model
    public SftRecipe withModel(Path directory) {
        return new SftRecipe(directory.toString(), data, adapter, optimizer, train, compute);
    }

    /// @return the same training from other data
    public SftRecipe withData(DataSection<TextFormat> newData) {
        return new SftRecipe(model, newData, adapter, optimizer, train, compute);
    }

    /// @return the same training of something beside the model's weights
    public SftRecipe withAdapter(AdapterSpec newAdapter) {
        return new SftRecipe(model, data, newAdapter, optimizer, train, compute);
    }

    /// @return the same training with another optimizer
    public SftRecipe withOptimizer(OptimizerSpec newOptimizer) {
        return new SftRecipe(model, data, adapter, newOptimizer, train, compute);
    }

    /// @return the same training for another length or in other portions
    public SftRecipe withTrain(TrainSpec newTrain) {
        return new SftRecipe(model, data, adapter, optimizer, newTrain, compute);
    }

    /// @return the same training in another way
    public SftRecipe withCompute(ComputeSection newCompute) {
        return new SftRecipe(model, data, adapter, optimizer, train, newCompute);
    }
}
