package org.betatron.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.NewDirectory;
import org.betatron.core.files.StagedFiles;
import org.betatron.data.tokenizer.gguf.GgufVocabulary;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufType;
import org.betatron.runs.model.ModelPlace;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.tensor.DataType;
import tools.jackson.databind.node.ObjectNode;

/// Writes a model in another format of files.
public final class ModelConversion {

    private ModelConversion() {}

    /// Writes a GGUF file as a Hugging Face directory.
    ///
    /// @param file      a GGUF file
    /// @param directory new or empty
    /// @param type      number format of the weights; where none is given, the narrowest that holds
    ///     the file's numbers as they are: bf16 or fp16 where all its matrices have that format, else fp32
    /// @param listener  hears what has to be said of the file
    /// @return the number format that was written
    /// @throws ModelException if the file holds no model that can be read
    public static DataType toDirectory(Path file, Path directory, Optional<DataType> type, RunListener listener) {
        Path shown = ModelPlace.of(file);
        try (GgufFile gguf = GgufFile.open(file);
                NewDirectory target = NewDirectory.at(directory)) {
            DataType written = type.orElseGet(() -> formatOf(gguf));
            ComputeSpec compute =
                    ComputeSpec.DEFAULT.withWeights(written == DataType.BF16 ? DataType.BF16 : DataType.FP32);
            ModelPlace.writeSmallFiles(gguf, directory);
            try (TorchLanguageModel model = ModelOpening.toldTo(listener).language(shown, compute)) {
                model.save(directory, written);
            }
            Checksums.write(directory);
            target.keep();
            return written;
        } catch (GgufException e) {
            throw new ModelException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + " as " + directory, e);
        }
    }

    /// Writes a model as a GGUF file.
    ///
    /// @param directory a Hugging Face directory, or another GGUF file
    /// @param file      new, or replaced once the new one is whole
    /// @param type      number format of the matrices: F32, F16, BF16 or Q8_0
    /// @param listener  hears what has to be said of the model's files
    /// @throws ModelException if llama.cpp does not know models of this kind
    public static void toGguf(Path directory, Path file, GgufType type, RunListener listener) {
        Path place = ModelPlace.of(directory);
        // Weights that the files have in bf16 are read in their place.
        try (TorchLanguageModel model = ModelOpening.toldTo(listener)
                        .language(place, ComputeSpec.DEFAULT.withWeights(storedIn(place)));
                StagedFiles files = new StagedFiles()) {
            model.exportGguf(files.stage(file), type, GgufVocabulary.of(place, model.vocabularySize()));
            files.moveAll();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static DataType storedIn(Path place) {
        ObjectNode config = new ModelDirectory(place).readConfig();
        String type = config.path("dtype").asString(config.path("torch_dtype").asString(""));
        return type.equals("bfloat16") ? DataType.BF16 : DataType.FP32;
    }

    private static DataType formatOf(GgufFile file) {
        Set<GgufType> matrices = file.tensors().values().stream()
                .filter(tensor -> tensor.shape().size() > 1)
                .map(tensor -> tensor.type())
                .collect(Collectors.toSet());
        if (matrices.equals(Set.of(GgufType.BF16))) {
            return DataType.BF16;
        }
        return matrices.equals(Set.of(GgufType.F16)) ? DataType.FP16 : DataType.FP32;
    }
}
