package org.betatron.runs.recipe;

import org.betatron.core.model.OptimizerSpec;
import org.betatron.data.source.TextFormat;
import org.betatron.training.TrainSpec;

/// A supervised fine-tuning run.
///
/// @param model     Hugging Face directory that training starts from
/// @param data      texts to imitate
/// @param optimizer how weights move
/// @param train     how long, in which portions
/// @param compute   how the machine is used
public record SftRecipe(
        String model, DataSection<TextFormat> data, OptimizerSpec optimizer, TrainSpec train, ComputeSection compute)
        implements Recipe {

    /// AdamW at the learning rate of TRL's `SFTConfig`; every twentieth text is held out.
    public static final SftRecipe DEFAULT = new SftRecipe(
            "",
            DataSection.defaults(TextFormat.AUTO),
            OptimizerSpec.AdamW.DEFAULT,
            TrainSpec.DEFAULT.withLearningRate(2e-5),
            ComputeSection.DEFAULT);
}
