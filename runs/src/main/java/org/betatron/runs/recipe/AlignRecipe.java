package org.betatron.runs.recipe;

import java.nio.file.Path;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.training.TrainSpec;

/// A preference alignment run.
///
/// @param model     Hugging Face directory that training starts from
/// @param reference what log-ratios are taken against
/// @param data      preference pairs, or labelled answers
/// @param rows      which of the two are read
/// @param alignment what is learned
/// @param adapter   what is trained instead of the model's own weights, if anything
/// @param optimizer how weights move
/// @param train     how long, in which portions
/// @param compute   how the machine is used
public record AlignRecipe(
        String model,
        ReferenceSection reference,
        DataSection<PreferenceFormat> data,
        RowChoice rows,
        AlignmentSpec alignment,
        AdapterSpec adapter,
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
            AdapterSpec.None.DEFAULT,
            OptimizerSpec.AdamW.DEFAULT,
            TrainSpec.DEFAULT,
            ComputeSection.DEFAULT);

    /// @param directory Hugging Face directory
    /// @return the same training of another model
    public AlignRecipe withModel(Path directory) {
        return new AlignRecipe(
                directory.toString(), reference, data, rows, alignment, adapter, optimizer, train, compute);
    }

    /// @return the same training against another reference
    public AlignRecipe withReference(ReferenceSection newReference) {
        return new AlignRecipe(model, newReference, data, rows, alignment, adapter, optimizer, train, compute);
    }

    /// @return the same training from other data
    public AlignRecipe withData(DataSection<PreferenceFormat> newData) {
        return new AlignRecipe(model, reference, newData, rows, alignment, adapter, optimizer, train, compute);
    }

    /// @return the same training of something else
    public AlignRecipe withAlignment(AlignmentSpec newAlignment) {
        return new AlignRecipe(model, reference, data, rows, newAlignment, adapter, optimizer, train, compute);
    }

    /// @return the same training of something beside the model's weights
    public AlignRecipe withAdapter(AdapterSpec newAdapter) {
        return new AlignRecipe(model, reference, data, rows, alignment, newAdapter, optimizer, train, compute);
    }

    /// @return the same training with another optimizer
    public AlignRecipe withOptimizer(OptimizerSpec newOptimizer) {
        return new AlignRecipe(model, reference, data, rows, alignment, adapter, newOptimizer, train, compute);
    }

    /// @return the same training for another length or in other portions
    public AlignRecipe withTrain(TrainSpec newTrain) {
        return new AlignRecipe(model, reference, data, rows, alignment, adapter, optimizer, newTrain, compute);
    }

    /// @return the same training in another way
    public AlignRecipe withCompute(ComputeSection newCompute) {
        return new AlignRecipe(model, reference, data, rows, alignment, adapter, optimizer, train, newCompute);
    }
}
