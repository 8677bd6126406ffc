package org.betatron.torch;

import java.io.IOException;
import java.nio.file.Path;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.TrainableModel;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.weights.DataType;

/// A model on libtorch that can be trained: one that writes, or one that scores.
public sealed interface TorchModel extends TrainableModel permits TorchLanguageModel, TorchRewardModel {

    /// @return an optimizer of this model's weights, to be closed before the model
    TorchOptimizer optimizer(OptimizerSpec optimizer);

    /// @return number of trainable numbers
    long numParameters();

    /// Writes the model in a chosen number format.
    ///
    /// @param directory directory to write into; made if missing
    /// @param type      number format of the files
    /// @throws IOException if a file cannot be written
    void save(Path directory, DataType type) throws IOException;
}
