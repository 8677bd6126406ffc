package org.betatron.torch.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.betatron.core.files.StagedFiles;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.FileTensor;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.files.SafetensorsWriter;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.LinearPart;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ObjectNode;

/// An adapter's directory as PEFT has it: `adapter_config.json` and `adapter_model.safetensors`.
///
/// @param directory where they are
public record AdapterFiles(Path directory) {

    /// Where the file says which base it was trained on; ours, and skipped by others.
    private static final String FINGERPRINT = "base_fingerprint";

    private static final int MOST_SHOWN = 3;

    /// @return whether a directory holds an adapter
    public static boolean isAdapter(Path directory) {
        return Files.exists(directory.resolve(ModelDirectory.ADAPTER_CONFIG));
    }

    /// @return the parsed `adapter_config.json`
    /// @throws ModelException if it is not there, or says what is not known here
    public AdapterConfig readConfig() {
        Path file = directory.resolve(ModelDirectory.ADAPTER_CONFIG);
        if (!Files.exists(file)) {
            throw new ModelException("adapter directory " + directory + " has no " + ModelDirectory.ADAPTER_CONFIG);
        }
        if (ModelDirectory.readJson(file) instanceof ObjectNode json) {
            return new AdapterConfig(json, file.toString());
        }
        throw new ModelException(file + " must hold a JSON object");
    }

    /// The tensors of an adapter, looked for and checked, and not read yet.
    ///
    /// @param path  the file
    /// @param file  opened; owned
    /// @param names how tensors are called there
    /// @param maps  the maps that the adapter sits on, in file order
    /// @param copies names of weights of the base that are there as well, by their names in the file
    record Found(Path path, SafetensorsFile file, AdapterNames names, List<LinearPart> maps, Map<String, String> copies)
            implements AutoCloseable {

        /// @return fingerprint of the base it was trained on; empty where the file does not say
        String fingerprint() {
            return file.metadata().getOrDefault(FINGERPRINT, "");
        }

        /// @param name of a tensor in the file
        /// @return float32, in the current scope
        /// @throws ModelException if it has numbers that are not finite
        Tensor read(String name) {
            Tensor tensor = file.read(name, DataType.FP32);
            if (!tensor.isfinite().all().item_bool()) {
                throw new ModelException(path + ": tensor '" + name + "' has numbers that are not finite");
            }
            return tensor;
        }

        @Override
        public void close() {
            file.close();
        }
    }

    /// Looks for an adapter's tensors; all are checked before any is read.
    ///
    /// @param config    of this directory
    /// @param blueprint of the base
    /// @throws IOException    if the file cannot be read
    /// @throws ModelException if it does not hold an adapter of such a model
    Found find(AdapterConfig config, Blueprint blueprint) throws IOException {
        Path path = directory.resolve(ModelDirectory.ADAPTER_WEIGHTS);
        if (!Files.exists(path)) {
            boolean pickle = Files.exists(directory.resolve("adapter_model.bin"));
            throw new ModelException("adapter directory " + directory + " has no " + ModelDirectory.ADAPTER_WEIGHTS
                    + (pickle ? "; adapter_model.bin is not read: convert it to safetensors first" : ""));
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            AdapterNames names = AdapterNames.of(file.shapes().keySet(), blueprint);
            Map<String, long[]> left = new TreeMap<>(file.shapes());
            List<LinearPart> maps = maps(path, left, names, config, blueprint);
            Map<String, String> copies = copies(path, left, names, blueprint);
            requireNone(path, left, file.shapes().size());
            return new Found(path, file, names, maps, copies);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static List<LinearPart> maps(
            Path path, Map<String, long[]> left, AdapterNames names, AdapterConfig config, Blueprint blueprint) {
        List<LinearPart> maps = new ArrayList<>();
        for (LinearPart part : AdapterTargets.possible(blueprint)) {
            if (left.containsKey(names.down(part)) || left.containsKey(names.up(part))) {
                maps.add(part);
                long rank = config.rank(part.name());
                take(path, left, names.down(part), rank, part.in());
                take(path, left, names.up(part), part.out(), rank);
                if (config.dora()) {
                    take(path, left, names.magnitude(part), part.out());
                }
            }
        }
        if (blueprint.kind() == HeadKind.SCORE) {
            LinearPart score = blueprint.headPart();
            take(path, left, names.whole(score), score.out(), score.in());
        }
        if (maps.isEmpty()) {
            throw new ModelException(path + " holds no tensors of an adapter");
        }
        return maps;
    }

    private static Map<String, String> copies(
            Path path, Map<String, long[]> left, AdapterNames names, Blueprint blueprint) {
        Map<String, String> copies = new LinkedHashMap<>();
        long[] shape = {blueprint.embedding().rows(), blueprint.embedding().width()};
        boolean scores = blueprint.kind() == HeadKind.SCORE;
        for (String name : names.copies(blueprint.embedding().name())) {
            if (left.containsKey(name)) {
                take(path, left, name, shape);
                copies.put(name, blueprint.embedding().weight());
            }
        }
        for (String name : names.copies(blueprint.vocabulary().name())) {
            if (!scores && left.containsKey(name)) {
                take(path, left, name, shape);
                copies.put(name, blueprint.headPart().weight());
            }
        }
        return copies;
    }

    private static void requireNone(Path path, Map<String, long[]> left, int all) {
        if (!left.isEmpty()) {
            throw new ModelException(path + ": " + left.size() + " of " + all
                    + " tensors belong to no map of the base model, among them "
                    + String.join(", ", left.keySet().stream().limit(MOST_SHOWN).toList())
                    + "; it is an adapter of another model, or sits on what adapters cannot sit on here"
                    + " (embeddings, tied heads, modules saved as a whole)");
        }
    }

    private static void take(Path path, Map<String, long[]> left, String name, long... expected) {
        long[] shape = left.remove(name);
        if (!Arrays.equals(shape, expected)) {
            throw new ModelException(path + ": tensor '" + name + "' must have the shape " + Arrays.toString(expected)
                    + " that adapter_config.json and the base model ask for but "
                    + (shape == null ? "is missing" : "has " + Arrays.toString(shape)));
        }
    }

    /// Writes an adapter. Both files are moved into place when both are whole.
    ///
    /// @param tensors     by their names in the file, lent
    /// @param type        number format of the file
    /// @param fingerprint of the base
    /// @throws IOException if a file cannot be written
    void write(AdapterConfig config, Map<String, Tensor> tensors, DataType type, String fingerprint)
            throws IOException {
        Files.createDirectories(directory);
        try (StagedFiles files = new StagedFiles()) {
            SafetensorsWriter.write(
                    files.stage(directory.resolve(ModelDirectory.ADAPTER_WEIGHTS)),
                    FileTensor.lent(tensors),
                    type,
                    Map.of(FINGERPRINT, fingerprint));
            Files.writeString(
                    files.stage(directory.resolve(ModelDirectory.ADAPTER_CONFIG)),
                    config.json().toPrettyString() + "\n");
            files.moveAll();
        }
    }
}
