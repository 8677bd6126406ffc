package org.betatron.runs;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.TorchModel;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.error.ModelException;

/// The one place where models are opened: what a user should know of their files is said here, once of each
/// directory. Made for one run, or one command; not thread-safe.
public final class ModelOpening {

    private final Consumer<String> warn;
    private final Set<Path> told = new HashSet<>();
    private final Set<String> changes = new HashSet<>();

    /// @param warn hears what has to be said, a line each
    ModelOpening(Consumer<String> warn) {
        this.warn = message -> warn.accept(ModelPlace.asGiven(message));
    }

    /// @param listener hears what has to be said, as [RunEvent.Warning]
    public static ModelOpening toldTo(RunListener listener) {
        return new ModelOpening(message -> listener.heard(new RunEvent.Warning(message)));
    }

    /// @param model a Hugging Face directory, or a GGUF file
    /// @return a model that writes, to be closed by the caller
    /// @throws org.betatron.torch.error.ModelException if it is not a whole one
    public TorchLanguageModel language(Path model, ComputeSpec compute) {
        return open(model, compute, TorchLanguageModel::load);
    }

    /// @param model a Hugging Face directory, or a GGUF file
    /// @return a model that scores, to be closed by the caller
    /// @throws org.betatron.torch.error.ModelException if it is not a whole one
    public TorchRewardModel reward(Path model, ComputeSpec compute) {
        return open(model, compute, TorchRewardModel::load);
    }

    /// @param given  a Hugging Face directory, or a GGUF file
    /// @param loader opens a directory
    /// @return what it opened
    <M extends TorchModel> M open(Path given, ComputeSpec compute, BiFunction<Path, ComputeSpec, M> loader) {
        Path directory = ModelPlace.of(given);
        boolean isNew = told.add(directory.toAbsolutePath().normalize());
        ModelSource.changes(directory).stream().filter(changes::add).forEach(warn);
        ModelSource.damage(directory).ifPresent(damage -> {
            throw new ModelException(damage);
        });
        M model = loader.apply(directory, compute);
        if (isNew) {
            model.remarks().forEach(warn);
        }
        return model;
    }
}
