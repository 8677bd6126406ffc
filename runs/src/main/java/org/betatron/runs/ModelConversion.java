package org.betatron.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.Directories;
import org.betatron.core.files.NewDirectory;
import org.betatron.core.files.StagedFiles;
import org.betatron.data.tokenizer.TokenizerConfig;
import org.betatron.data.tokenizer.gguf.GgufVocabulary;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufType;
import org.betatron.runs.model.AdapterPlace;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.TorchModel;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.compute.BaseFormat;
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
    ///     the file's numbers as they are: bf16 or fp16 where all its matrices have that format,
    ///     else fp32
    /// @param listener  hears what has to be said of the file
    /// @return the number format that was written
    /// @throws ModelException if the file holds no model that can be read
    public static DataType toDirectory(Path file, Path directory, Optional<DataType> type, RunListener listener) {
        Path shown = ModelPlace.of(file);
        try (GgufFile gguf = GgufFile.open(file);
                NewDirectory target = NewDirectory.at(directory)) {
            DataType written = type.orElseGet(() -> formatOf(gguf));
            for (Path beside : new ModelSource(shown).textFiles()) {
                Directories.copyInto(beside, directory);
            }
            try (TorchLanguageModel model = ModelOpening.toldTo(listener).language(shown, inPlace(shown))) {
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
    /// @param file      does not exist
    /// @param type      number format of the matrices: F32, F16, BF16 or Q8_0
    /// @param listener  hears what has to be said of the model's files
    /// @throws ModelException if llama.cpp does not know models of this kind
    public static void toGguf(Path directory, Path file, GgufType type, RunListener listener) {
        requireNew(file);
        Path place = ModelPlace.of(directory);
        try (TorchLanguageModel model = ModelOpening.toldTo(listener).language(place, inPlace(place));
                StagedFiles files = new StagedFiles()) {
            model.exportGguf(files.stage(file), type, GgufVocabulary.of(place, model.vocabularySize()));
            files.moveAll();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Writes an adapter alone as a GGUF file.
    ///
    /// @param adapter  PEFT's directory
    /// @param file     does not exist
    /// @param type     number format of the matrices: F32, F16 or BF16
    /// @param listener hears what has to be said of the files
    /// @throws ModelException if llama.cpp does not know such adapters
    public static void adapterToGguf(Path adapter, Path file, GgufType type, RunListener listener) {
        requireNew(file);
        try (TorchLanguageModel model =
                        ModelOpening.toldTo(listener).language(adapter, inPlace(ModelPlace.of(adapter)));
                StagedFiles files = new StagedFiles()) {
            model.exportAdapterGguf(files.stage(file), type);
            files.moveAll();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// A model is never written over another one, as directories are not.
    private static void requireNew(Path file) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalArgumentException(file + " exists: name another file, or remove it first");
        }
    }

    /// @param adapter PEFT's directory
    /// @param base    the model that it is an adapter of; none for the one that its files name
    /// @return what shows both as one model
    /// @throws ModelException if either cannot be found
    public static Path adapter(Path adapter, Optional<Path> base) {
        if (!AdapterFiles.isAdapter(adapter)) {
            throw new ModelException(adapter + " is no adapter: it has no " + ModelDirectory.ADAPTER_CONFIG);
        }
        return base.map(model -> AdapterPlace.on(adapter, model)).orElseGet(() -> ModelPlace.of(adapter));
    }

    /// Puts an adapter into the weights of its base.
    ///
    /// @param place    shows both, see [#adapter]
    /// @param target   new or empty
    /// @param type     number format of the weights; fp32 where none is given
    /// @param listener hears what has to be said of the files
    /// @return the number format that was written
    public static DataType merge(Path place, Path target, Optional<DataType> type, RunListener listener) {
        DataType written = type.orElse(DataType.FP32);
        ModelOpening models = ModelOpening.toldTo(listener);
        ModelSource source = new ModelSource(place);
        ComputeSpec compute = isGguf(place) ? inPlace(place) : ComputeSpec.DEFAULT;
        try (NewDirectory directory = NewDirectory.at(target);
                TorchModel model =
                        source.holdsRewardModel() ? models.reward(place, compute) : models.language(place, compute)) {
            for (Path file : source.sideFiles()) {
                Directories.copyInto(file, target);
            }
            model.saveWhole(target, written);
            TokenizerConfig.complete(target);
            if (model instanceof TorchRewardModel) {
                RewardModelCard.write(target);
            }
            Checksums.write(target);
            directory.keep();
            return written;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    /// Weights that files have in bf16, and matrices in blocks of a GGUF file, are read where they
    /// lie: a matrix of another format is in memory only while it is written.
    private static ComputeSpec inPlace(Path place) {
        if (isGguf(place)) {
            return ComputeSpec.DEFAULT.withBase(BaseFormat.FILE);
        }
        ObjectNode config = new ModelDirectory(place).readConfig();
        String type = config.path("dtype").asString(config.path("torch_dtype").asString(""));
        return ComputeSpec.DEFAULT.withWeights(type.equals("bfloat16") ? DataType.BF16 : DataType.FP32);
    }

    private static boolean isGguf(Path place) {
        return Files.exists(place.resolve(ModelDirectory.GGUF));
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
