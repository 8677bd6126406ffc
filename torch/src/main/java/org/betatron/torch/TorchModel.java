package org.betatron.torch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TrainableModel;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.device.Processor;
import org.betatron.torch.error.NativeErrors;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.WeightSpec;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ObjectNode;

/// A model on libtorch that can be trained: one that writes, or one that scores. Owns its weights.
public abstract sealed class TorchModel implements TrainableModel permits TorchLanguageModel, TorchRewardModel {

    private final ObjectNode config;
    private final ArchitectureSpec spec;
    private final Parameters weights;
    private final ComputeSpec compute;
    private final List<String> remarks;

    TorchModel(
            ObjectNode config, ArchitectureSpec spec, Parameters weights, ComputeSpec compute, List<String> remarks) {
        this.config = config;
        this.spec = spec;
        this.weights = weights;
        this.compute = compute;
        this.remarks = List.copyOf(remarks);
    }

    /// @return what has to be said of a configuration: settings that are not honoured, sequences that are too long
    static List<String> remarks(ObjectNode config, String where) {
        Set<String> unknown = ArchitectureSpec.unknownSettings(config, where);
        List<String> remarks = new ArrayList<>();
        if (!unknown.isEmpty()) {
            remarks.add(where + ": not known, and without effect here: " + String.join(", ", unknown));
        }
        ArchitectureSpec spec = ArchitectureSpec.parse(config, where);
        if (spec.maxPositions() < spec.statedPositions()) {
            remarks.add(
                    "%s: at most %d of the model's %d positions are used: in longer sequences all positions turn in another way,"
                            .concat(" which answers of different lengths to one prompt cannot follow")
                            .formatted(where, spec.maxPositions(), spec.statedPositions()));
        }
        return remarks;
    }

    /// @return what a user should know of the files that the model was read from, a line each
    public final List<String> remarks() {
        return remarks;
    }

    /// Makes ready to load a model.
    ///
    /// @param compute how it is to compute
    /// @return how it can on this machine
    /// @throws org.betatron.torch.error.ModelException if the device is not there
    static ComputeSpec possible(ComputeSpec compute) {
        NativeLibraries.load();
        compute.device().require();
        return compute.possible(Processor.here());
    }

    final ArchitectureSpec spec() {
        return spec;
    }

    /// @return the weights, lent
    public final Parameters weights() {
        return weights;
    }

    /// @return an optimizer of this model's weights, to be closed before the model
    public final TorchOptimizer optimizer(OptimizerSpec optimizer) {
        return NativeErrors.translate(
                () -> "making the optimizer of " + weights.countTrainable() + " weights",
                () -> TorchOptimizer.create(optimizer, weights, compute.moments()));
    }

    @Override
    public final long graphBytes(long numTokens) {
        return spec.graphBytes(numTokens, spec.numLayers() - lowestTrained(), compute);
    }

    @Override
    public final void moveTowards(TrainableModel other, double share) {
        if (!(other instanceof TorchModel model) || model.getClass() != getClass()) {
            throw new IllegalArgumentException("other must be a model with the same weights");
        }
        if (compute.weights() != DataType.FP32) {
            throw new IllegalStateException(
                    "a model that moves towards another one must keep its weights in fp32 but keeps them in "
                            + compute.weights().configName());
        }
        NativeErrors.run(() -> "moving towards another model", () -> weights.moveTowards(model.weights, share));
    }

    @Override
    public final void save(Path directory) throws IOException {
        save(directory, DataType.FP32);
    }

    /// Writes the model in a chosen number format.
    ///
    /// @param directory directory to write into; made if missing
    /// @param type      number format of the files
    /// @throws IOException if a file cannot be written
    /// @throws org.betatron.torch.error.ModelException if a file that weights still lie in
    ///     was overwritten, as far as its size and time show it, or [#noteFiles] was called
    public final void save(Path directory, DataType type) throws IOException {
        write(
                () -> "writing the model to " + directory,
                files -> new ModelDirectory(directory).write(written(), files, type));
    }

    /// Remembers what the files hold that weights lie in. [#save] then fails if they hold something else, even
    /// where size and time of a file are as they were. Reads these files once here and once for each save.
    public final void noteFiles() {
        weights.noteFiles();
    }

    /// Writes weights.
    @FunctionalInterface
    interface Writing {

        /// @param files weights by name, as Hugging Face files hold them; lent
        void write(Map<String, Tensor> files) throws IOException;
    }

    final void write(Supplier<String> what, Writing writing) throws IOException {
        weights.requireFilesAsNoted();
        Map<String, Tensor> files = weights.values();
        List<String> columns = spec.architecture().blueprint().weights().stream()
                .filter(WeightSpec::columns)
                .map(WeightSpec::name)
                .toList();
        List<Owned> turned = Memory.keepAll(
                "matrices as files hold them",
                () -> columns.stream()
                        .map(name -> weights.get(name).values().detach().t())
                        .toList());
        for (int i = 0; i < columns.size(); i++) {
            files.put(columns.get(i), turned.get(i).tensor());
        }
        try {
            NativeErrors.run(what, () -> writing.write(files));
        } finally {
            turned.forEach(Owned::close);
        }
    }

    final ObjectNode written() {
        ObjectNode written = config.deepCopy();
        spec.write(written);
        return written;
    }

    @Override
    public final int vocabularySize() {
        return spec.vocabularySize();
    }

    @Override
    public final int maxPositions() {
        return spec.maxPositions();
    }

    /// @return how many numbers the weights have
    public final long numParameters() {
        return weights.count();
    }

    /// @return how many of them are trained
    public final long numTrainable() {
        return weights.countTrainable();
    }

    /// Keeps weights as they are from now on. To be called before an optimizer is made.
    ///
    /// @param patterns of Hugging Face names, see [org.betatron.torch.weight.NamePatterns]
    /// @throws org.betatron.torch.error.ModelException if one matches nothing, or nothing is left to train
    public final void freeze(List<String> patterns) {
        weights.freeze(patterns);
    }

    /// @return the lowest layer that is differentiated
    abstract int lowestTrained();

    /// @throws IllegalStateException    if the model was closed
    /// @throws IllegalArgumentException if the batch does not fit the model
    final void check(PackedBatch batch) {
        weights.requireUsable();
        BatchFit.require(batch, spec);
    }

    @Override
    public void close() {
        weights.close();
    }
}
