package org.betatron.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.betatron.core.model.LanguageModel;
import org.betatron.generation.RealignedModel;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.TorchModel;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.error.ModelException;
import org.jspecify.annotations.Nullable;

/// The one place where models are opened: what a user should know of their files is said here, once of each
/// directory. Made for one run, or one command; not thread-safe.
public final class ModelOpening {

    private static final String TOKENIZER = "tokenizer.json";

    private final Consumer<String> warn;
    private final Set<Path> told = new HashSet<>();
    private final Set<String> changes = new HashSet<>();
    private final Set<String> toldTokens = new HashSet<>();

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

    /// @param given       a Hugging Face directory, or a GGUF file
    /// @param realignment what is mixed with it, or null for nothing
    /// @return a model that writes, to be closed by the caller
    /// @throws org.betatron.torch.error.ModelException if one is not whole, or they cannot be mixed
    public LanguageModel language(Path given, @Nullable Realignment realignment, ComputeSpec compute) {
        return realignment == null ? language(given, compute) : realigned(given, realignment, compute);
    }

    /// As [#language(Path, Realignment, ComputeSpec)].
    public RealignedModel realigned(Path given, Realignment realignment, ComputeSpec compute) {
        TorchLanguageModel aligned = language(given, compute);
        try {
            return new RealignedModel(
                    aligned, reference(aligned, given, realignment.reference(), compute), realignment.lambda());
        } catch (RuntimeException e) {
            aligned.close();
            throw e;
        }
    }

    /// The base of an adapter shares its weights.
    private TorchLanguageModel reference(TorchLanguageModel aligned, Path given, Path reference, ComputeSpec compute) {
        if (Realignment.isBase(reference, ModelPlace.of(given))) {
            return aligned.withoutAdapter();
        }
        TorchLanguageModel opened = language(reference, compute);
        if (opened.vocabularySize() != aligned.vocabularySize()) {
            opened.close();
            throw new ModelException(given + " and " + reference + " cannot be mixed: they know "
                    + aligned.vocabularySize() + " and " + opened.vocabularySize()
                    + " token ids; name the model that the first was aligned from as its reference");
        }
        if (toldTokens.add(given + " " + reference) && !sameTokens(given, reference)) {
            warn.accept(given + " and " + reference
                    + " have different tokenizer.json files: their logits are mixed id by id, which means nothing"
                    + " where ids stand for different tokens");
        }
        return opened;
    }

    private static boolean sameTokens(Path first, Path second) {
        Path one = ModelPlace.of(first).resolve(TOKENIZER);
        Path other = ModelPlace.of(second).resolve(TOKENIZER);
        try {
            return !Files.exists(one) || !Files.exists(other) || Files.mismatch(one, other) < 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compare " + one + " with " + other, e);
        }
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
