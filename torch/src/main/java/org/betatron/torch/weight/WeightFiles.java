package org.betatron.torch.weight;

import java.io.IOException;
import java.nio.file.Path;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.files.WeightFile;
import org.betatron.torch.gguf.GgufWeights;

/// Opens files of weights, whatever their format.
final class WeightFiles {

    private WeightFiles() {}

    /// @return the file, to be closed by the caller
    /// @throws IOException if it cannot be read
    /// @throws org.betatron.torch.error.ModelException if it is damaged
    static WeightFile open(Path path) throws IOException {
        return ModelDirectory.isGguf(path) ? GgufWeights.open(path) : SafetensorsFile.open(path);
    }
}
