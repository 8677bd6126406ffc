package org.betatron.runs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.betatron.data.tokenizer.PaddingToken;
import org.betatron.runs.place.HubPlaces;
import org.betatron.runs.place.ModelName;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.adapter.AdapterConfig;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/// Where a model lies that is an adapter on another one.
///
/// An adapter's directory is shown as that of a whole model: links to the weights and the
/// configuration of its base, to the tokenizer that it has itself or else to the base's, and to its
/// own two files. The directory is a temporary one and lasts as long as the process.
public final class AdapterPlace {

    private static final Map<Version, Path> SHOWN = new ConcurrentHashMap<>();

    /// What says that a directory has a tokenizer of its own.
    private static final List<String> TOKENIZERS = List.of("tokenizer.json", "tokenizer.model", "vocab.json");

    private AdapterPlace() {}

    /// An adapter at a time, on a base.
    private record Version(Path directory, Path base, FileTime time) {}

    /// @return whether a path names an adapter, and not a directory that shows one
    static boolean isAdapter(Path given) {
        return AdapterFiles.isAdapter(given) && !SHOWN.containsValue(given);
    }

    /// @return the directories that are shown, and the adapters that they show
    static Map<Path, Path> shown() {
        return SHOWN.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getValue, entry -> entry.getKey().directory()));
    }

    /// @param directory to read a model from, as [ModelPlace#of] gives it
    /// @return the directories that its files lie in: those of an adapter and of its base, or
    ///     itself
    static List<Path> origins(Path directory) {
        return SHOWN.entrySet().stream()
                .filter(entry -> entry.getValue().equals(directory))
                .map(entry -> List.of(entry.getKey().directory(), entry.getKey().base()))
                .findFirst()
                .orElse(List.of(directory));
    }

    /// @param adapter PEFT's directory
    /// @return the directory to read base and adapter from
    /// @throws ModelException if the base that it names cannot be found
    static Path of(Path adapter) {
        AdapterConfig config = new AdapterFiles(adapter).readConfig();
        return on(adapter, base(adapter, config));
    }

    /// @param adapter PEFT's directory
    /// @param base    the model that it is an adapter of, whatever its files say
    /// @return the directory to read both from
    /// @throws ModelException if either is not what it must be
    public static Path on(Path adapter, Path base) {
        if (!AdapterFiles.isAdapter(adapter)) {
            throw new ModelException(adapter + " is no adapter: it has no " + ModelDirectory.ADAPTER_CONFIG);
        }
        if (isAdapter(base)) {
            throw new ModelException(
                    adapter + " is an adapter on " + base + ", which is an adapter itself: merge that one first");
        }
        try {
            Path weights = adapter.resolve(ModelDirectory.ADAPTER_WEIGHTS);
            FileTime time = Files.getLastModifiedTime(
                    Files.exists(weights) ? weights : adapter.resolve(ModelDirectory.ADAPTER_CONFIG));
            Version version = new Version(adapter.toRealPath(), ModelPlace.of(base), time);
            return SHOWN.computeIfAbsent(version, _ -> show(version, base));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + adapter, e);
        }
    }

    private static Path base(Path adapter, AdapterConfig config) {
        String name = config.base();
        if (name.isEmpty()) {
            throw new ModelException(config.where() + " does not say which model it is an adapter of: write its"
                    + " directory into " + AdapterConfig.BASE + ", or name it to betatron merge with --base");
        }
        try {
            Path named = Path.of(name);
            return Stream.of(named, adapter.resolve(named))
                    .filter(Files::exists)
                    .findFirst()
                    .or(() -> HubPlaces.of(name).map(_ -> ModelName.path(named)))
                    .orElseThrow(() -> new ModelException(adapter + " is an adapter of " + name
                            + ", which is not there: write where it is into " + AdapterConfig.BASE + " of "
                            + config.where() + ", or name it to betatron merge with --base"));
        } catch (InvalidPathException e) {
            throw new ModelException(config.where() + ": " + AdapterConfig.BASE + " must be a path but was " + name, e);
        }
    }

    private static Path show(Version version, Path given) {
        Path adapter = version.directory();
        try {
            Path directory = ModelPlace.newDirectory("betatron-adapter-", adapter.getFileName());
            AdapterFiles files = new AdapterFiles(adapter);
            ModelDirectory base = new ModelDirectory(version.base());
            for (Path file : base.filesOfWeights()) {
                link(directory, file);
            }
            boolean ownText = TOKENIZERS.stream().map(adapter::resolve).anyMatch(Files::exists);
            Path text = ownText ? adapter : version.base();
            for (Path file : ModelSource.sideFiles(text)) {
                link(directory, file);
            }
            for (Path file : ModelSource.sideFiles(version.base())) {
                if (!ownText || file.endsWith(ModelSource.GENERATION)) {
                    link(directory, file);
                }
            }
            if (Files.exists(adapter.resolve(ModelDirectory.ADAPTER_WEIGHTS))) {
                link(directory, adapter.resolve(ModelDirectory.ADAPTER_WEIGHTS));
            }
            AdapterConfig config = files.readConfig();
            Files.writeString(
                    directory.resolve(ModelDirectory.ADAPTER_CONFIG),
                    config.withBase(named(given)).json().toPrettyString() + "\n");
            writeConfig(directory, adapter, base, config);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + adapter + ", or show it beside its base", e);
        }
    }

    /// @return the base as an adapter's files name it: a path that holds from everywhere
    public static String named(Path base) {
        return Files.exists(base) ? base.toAbsolutePath().normalize().toString() : base.toString();
    }

    private static void writeConfig(Path directory, Path adapter, ModelDirectory base, AdapterConfig config)
            throws IOException {
        Path own = new ModelDirectory(adapter).configFile();
        if (!config.scores()) {
            link(directory, base.configFile());
        } else if (Files.exists(own)) {
            link(directory, own);
        } else {
            ObjectNode scoring = TorchRewardModel.scoringConfig(
                    base.readConfig(), base.configFile().toString(), PaddingToken.find(directory, -1));
            Files.writeString(new ModelDirectory(directory).configFile(), scoring.toPrettyString() + "\n");
        }
    }

    private static void link(Path directory, Path file) throws IOException {
        Path place = directory.resolve(file.getFileName());
        if (!Files.exists(place)) {
            Files.createSymbolicLink(place, file.toAbsolutePath());
        }
    }
}
