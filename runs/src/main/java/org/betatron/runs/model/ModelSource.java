package org.betatron.runs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.betatron.core.files.Checksums;
import org.betatron.core.model.AdapterSpec;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.load.RowLimits;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.Truncation;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.recipe.DataSection;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.adapter.Adapter;
import org.betatron.torch.adapter.AdapterConfig;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.plan.TrainedShape;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.NamePatterns;
import org.betatron.torch.weight.WeightSpec;
import org.betatron.training.run.Fingerprint;
import tools.jackson.databind.node.ObjectNode;

/// The files of a model directory that belong to text rather than to weights: tokenizer, chat
/// template, generation settings.
///
/// @param directory Hugging Face directory; a GGUF file becomes the directory that shows it
public record ModelSource(Path directory) {

    public ModelSource {
        directory = ModelPlace.of(directory);
    }

    /// How answers are drawn, which belongs to a model rather than to a tokenizer.
    static final String GENERATION = "generation_config.json";

    /// What a tokenizer and its use are made of, as Hugging Face directories name the files.
    private static final List<String> TEXT_FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            GENERATION);

    /// What a model is.
    private static final Set<String> SETTINGS = Set.of("config.json", "adapter_config.json");

    /// What others read of a model and nothing here does: it goes along, and is no part of the
    /// fingerprint.
    private static final List<String> COMPANIONS = List.of("tokenizer.model", "additional_chat_templates");

    /// Small files of a model that was saved here may be changed by people, which is said and not
    /// refused.
    ///
    /// @param directory Hugging Face directory, or one that shows an adapter
    /// @return which of them is not as it was written, one of the model and one of an adapter's
    ///     base at most; empty if all are, or nobody wrote down what they were
    public static List<String> changes(Path directory) {
        return AdapterPlace.origins(directory).stream()
                .flatMap(origin ->
                        Checksums.damage(origin, name -> isSmall(name) && isRead(directory, origin, name)).stream())
                .toList();
    }

    private static boolean isSmall(String name) {
        return SETTINGS.contains(name) || TEXT_FILES.contains(name);
    }

    /// What a base has is not read where its adapter has the same.
    private static boolean isRead(Path directory, Path origin, String name) {
        Path shown = directory.resolve(name);
        try {
            return !Files.isSymbolicLink(shown)
                    || !Files.exists(origin.resolve(name))
                    || Files.isSameFile(shown, origin.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + shown, e);
        }
    }

    /// @param directory Hugging Face directory, or one that shows an adapter
    /// @return which file of its weights is not as it was written, those of an adapter's base among
    ///     them; empty if all are, or nobody wrote down what they were
    public static Optional<String> damage(Path directory) {
        return AdapterPlace.origins(directory).stream()
                .flatMap(origin -> Checksums.damage(origin, ModelDirectory::isOfWeights).stream())
                .findFirst();
    }

    /// @param directory Hugging Face directory
    /// @return longest sequence of its model, tokens, without loading the weights
    public static int maxPositions(Path directory) {
        return architecture(directory).maxPositions();
    }

    /// @return whether the directory holds a reward model; false as well where it does not exist
    /// @throws ModelException if it holds no model
    public boolean holdsRewardModel() {
        return Files.isDirectory(directory) && architecture(directory).head() == HeadKind.SCORE;
    }

    private static ArchitectureSpec architecture(Path directory) {
        ModelDirectory files = new ModelDirectory(directory);
        return ArchitectureSpec.parse(files.readConfig(), files.configFile().toString());
    }

    /// Looks for what is to be trained before anything is computed, by the names that the
    /// configuration gives weights.
    ///
    /// @throws ModelException if an adapter is to sit on what is not there, or `train.frozen`
    ///     names nothing or everything
    public void requireTrainable(Recipe recipe) {
        List<String> patterns = recipe.train().frozen();
        if (AdapterFiles.isAdapter(directory)) {
            naming("adapter.dropout", () -> trainedOn(recipe));
        }
        if (recipe.adapter() instanceof AdapterSpec.Lora lora) {
            naming("adapter", () -> Adapter.targets(lora, blueprint()));
        } else if (!patterns.isEmpty()) {
            naming("train.frozen", () -> requireFreezable(patterns, blueprint()));
        }
    }

    /// @param recipe  how it is to be trained
    /// @param adapter what is to be trained instead of the weights, if anything; where the
    ///     directory holds an adapter, that one
    /// @param compute how the model would compute on this machine
    /// @return how large the model is, without loading it
    public TrainedShape trained(Recipe recipe, AdapterSpec adapter, ComputeSpec compute) {
        AdapterSpec trained =
                AdapterFiles.isAdapter(directory) ? trainedOn(recipe).spec() : adapter;
        ModelDirectory files = new ModelDirectory(directory);
        String where = files.configFile().toString();
        ObjectNode config = recipe instanceof RewardRecipe
                ? TorchRewardModel.scoringConfig(files.readConfig(), where, -1)
                : files.readConfig();
        return TrainedShape.of(
                ArchitectureSpec.parse(config, where),
                compute,
                trained,
                recipe.train().frozen());
    }

    /// @return the adapter that lies here, as it is trained on
    private AdapterConfig trainedOn(Recipe recipe) {
        return new AdapterFiles(directory)
                .readConfig()
                .withDropout(recipe.adapter().dropout());
    }

    private Blueprint blueprint() {
        return architecture(directory).architecture().blueprint();
    }

    private void requireFreezable(List<String> patterns, Blueprint blueprint) {
        if (AdapterFiles.isAdapter(directory)) {
            throw new ModelException("beside an adapter no weight of the model trains: leave it out");
        }
        List<String> names = blueprint.weights().stream().map(WeightSpec::name).toList();
        if (NamePatterns.matching(patterns, names).size() == names.size()) {
            throw new ModelException(String.join(", ", patterns) + " freezes every weight, so that nothing is learned");
        }
    }

    /// @throws ModelException as the work does, with the setting's name before it
    public static void naming(String setting, Runnable work) {
        try {
            work.run();
        } catch (ModelException e) {
            throw new ModelException(setting + ": " + e.getMessage(), e);
        }
    }

    /// @return the files and directories that go along with the weights of a trained model
    public List<Path> sideFiles() {
        return sideFiles(directory);
    }

    /// @param directory read as it lies there
    /// @return its files and directories that go along with weights
    static List<Path> sideFiles(Path directory) {
        List<Path> files = new ArrayList<>(textFiles(directory));
        COMPANIONS.stream().map(directory::resolve).filter(Files::exists).forEach(files::add);
        return files;
    }

    /// @return the files that make up the tokenizer and its use
    public List<Path> textFiles() {
        return textFiles(directory);
    }

    private static List<Path> textFiles(Path directory) {
        List<Path> files = new ArrayList<>();
        for (String name : TEXT_FILES) {
            if (Files.isRegularFile(directory.resolve(name))) {
                files.add(directory.resolve(name));
            }
        }
        return files;
    }

    /// Opens the tokenizer. What follows needs libtorch too, so it is loaded meanwhile.
    ///
    /// @return the tokenizer, to be closed by the caller
    public HuggingFaceTokenizer openTokenizer() {
        return NativeLibraries.whileLoading(() -> HuggingFaceTokenizer.load(directory));
    }

    /// @return fingerprint of everything that turns text into tokens
    public String tokenizerFingerprint() {
        return Fingerprint.of(textFiles());
    }

    /// Prompts given as plain text stay as they are: a preference file without messages was written
    /// for the model that reads it.
    ///
    /// @return a loader that reads rows as this model needs them
    public DataSetLoader loader(HuggingFaceTokenizer tokenizer, Truncation truncation) {
        return new DataSetLoader(tokenizer, ChatTemplate.load(directory), PromptStyle.AS_WRITTEN, truncation);
    }

    /// @return a loader that reads rows as this model needs them, and as a recipe says
    public DataSetLoader loader(HuggingFaceTokenizer tokenizer, DataSection<?> data) {
        return loader(tokenizer, data.truncation()).by(data.rules()).within(limits());
    }

    /// @return what the model can read; no limits where the directory holds no model
    public RowLimits limits() {
        if (!Files.isRegularFile(new ModelDirectory(directory).configFile())) {
            return RowLimits.NONE;
        }
        ArchitectureSpec model = architecture(directory);
        return new RowLimits(model.vocabularySize(), model.maxPositions());
    }
}
