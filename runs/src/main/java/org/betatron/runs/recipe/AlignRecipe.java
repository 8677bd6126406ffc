package org.betatron.runs.recipe;

import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.data.source.PreferenceFormat;
import org.betatron.training.TrainSpec;

/// A preference alignment run.
///
/// @param model     Hugging Face directory that training starts from
/// @param reference what log-ratios are taken against
/// @param data      preference pairs, or labelled answers
/// @param rows      which of the two are read
/// @param alignment what is learned
/// @param optimizer how weights move
/// @param train     how long, in which portions
/// @param compute   how the machine is used
public record AlignRecipe(
        String model,
        ReferenceSection reference,
        DataSection<PreferenceFormat> data,
        RowChoice rows,
        AlignmentSpec alignment,
        OptimizerSpec optimizer,
        TrainSpec train,
        ComputeSection compute)
        implements Recipe {

    /// beta-DPO with AdamW; every twentieth pair is held out.
    public static final AlignRecipe DEFAULT = new AlignRecipe(
            "",
            ReferenceSection.DEFAULT,
            DataSection.defaults(PreferenceFormat.AUTO),
            RowChoice.AUTO,
            AlignmentSpec.DEFAULT,
            OptimizerSpec.AdamW.DEFAULT,
            TrainSpec.DEFAULT,
            ComputeSection.DEFAULT);
}
