package org.betatron.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TrainableModel;
import org.betatron.torch.adapter.Adapter;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.adapter.MaskBytes;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.device.Processor;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.error.NativeErrors;
import org.betatron.torch.files.FileTensor;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.plan.TokensAtOnce;
import org.betatron.torch.rank.TensorRanks;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.WeightSpec;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A model on libtorch that can be trained: one that writes, or one that scores. Owns its weights.
public abstract sealed class TorchModel implements TrainableModel permits TorchLanguageModel, TorchRewardModel {

    private final ObjectNode config;
    private final ArchitectureSpec spec;
    private final Parameters weights;
    private final ComputeSpec compute;
    private final List<String> remarks;
    private @Nullable Adapter adapter;
    private int tokensAtOnce; // 0 for what suits the shape

    TorchModel(
            ObjectNode config, ArchitectureSpec spec, Parameters weights, ComputeSpec compute, List<String> remarks) {
        this.config = config;
        this.spec = spec;
        this.weights = weights;
        this.compute = compute;
        this.remarks = new ArrayList<>(remarks);
    }

    /// Puts a fresh adapter on the model: from now on nothing else trains, and [#save] writes
    /// nothing else. To be called before an optimizer is made.
    ///
    /// @param spec which
    /// @param base what the adapter's files shall call this model: a path, or a name
    /// @param seed of the numbers that it begins with
    /// @throws ModelException if it has one already, or a target does not exist
    public final void adapt(AdapterSpec.Lora spec, String base, long seed) {
        if (adapter != null) {
            throw new ModelException("the model has an adapter already: train that one on, or merge it first");
        }
        adapter = NativeErrors.translate(
                () -> "making the adapter",
                () -> Adapter.begin(spec, base, spec().architecture().blueprint(), weights, seed));
        weightsReplaced();
    }

    /// Puts on the adapter that lies beside the files of a model, where there is one.
    ///
    /// @param model     closed where that fails
    /// @param directory of its files
    /// @return the model
    static <M extends TorchModel> M adapted(M model, Path directory) {
        try {
            ((TorchModel) model).adaptFrom(directory);
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private void adaptFrom(Path directory) {
        if (AdapterFiles.isAdapter(directory)) {
            Adapter loaded = NativeErrors.translate(
                    () -> "loading the adapter in " + directory,
                    () -> Adapter.load(directory, spec.architecture().blueprint(), weights));
            adapter = loaded;
            weightsReplaced();
            remarks.addAll(loaded.remarks());
        }
    }

    final void has(Adapter other) {
        adapter = other;
    }

    /// @return the adapter that trains instead of the model's own weights
    public final Optional<Adapter> adapter() {
        return Optional.ofNullable(adapter);
    }

    /// @return what has to be said of a configuration: settings that are not honoured, sequences
    ///     that are too long
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
    /// @throws ModelException if the device is not there
    static ComputeSpec possible(ComputeSpec compute) {
        NativeLibraries.load();
        compute.device().require();
        return compute.possible(Processor.here());
    }

    final ComputeSpec compute() {
        return compute;
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
        return optimizer(optimizer, TensorRanks.ALONE);
    }

    /// As [#optimizer(OptimizerSpec)].
    ///
    /// @param ranks who train the model together, each with a model of its own
    public final TorchOptimizer optimizer(OptimizerSpec optimizer, TensorRanks ranks) {
        return NativeErrors.translate(
                () -> "making the optimizer of " + weights.countTrainable() + " weights",
                () -> TorchOptimizer.create(optimizer, weights, compute.moments(), ranks));
    }

    @Override
    public final long graphBytes(long numTokens) {
        return spec.graphBytes(numTokens, spec.numLayers() - lowestTrained(), compute)
                + numTokens * maskBytes().kept();
    }

    /// As many that graphs take a quarter of what weights, gradients and moments do, but enough
    /// that products lose no speed: [#LEAST_TOKENS] to [#MOST_TOKENS]. The same on every machine.
    @Override
    public final int tokensAtOnce() {
        if (tokensAtOnce > 0) {
            return tokensAtOnce;
        }
        long moments = 2L * compute.moments().bytes();
        long state = weights.bytes() + weights.countTrainable() * (Float.BYTES + moments);
        MaskBytes masks = maskBytes();
        return TokensAtOnce.of(
                state, spec.backwardBytes(spec.numLayers() - lowestTrained(), compute) + masks.kept() + masks.again());
    }

    private MaskBytes maskBytes() {
        return adapter == null ? MaskBytes.NONE : adapter.maskBytes(spec.numLayers(), compute.recompute());
    }

    /// Chooses what an adapter's matrices leave out of their input in training steps, whatever its
    /// files say.
    ///
    /// @param share probability, in [0, 1)
    /// @throws ModelException if there is no adapter, or one that cannot leave out anything
    public final void dropOut(double share) {
        if (adapter == null) {
            if (share > 0) {
                throw new ModelException("dropout must be 0 but was " + share
                        + ": the model has no adapter, and only what goes into an adapter's matrices is dropped");
            }
            return;
        }
        adapter.dropOut(share);
    }

    /// @param seed of one training step
    /// @return what layers leave out in it
    final Dropout dropout(long seed) {
        double share = adapter == null ? 0 : adapter.dropout();
        return share == 0 ? Dropout.NONE : new Dropout(share, seed);
    }

    /// Chooses how many tokens a forward pass keeps graphs of at most; of a batch that has more,
    /// the backward pass computes some layers again.
    ///
    /// @param tokens ≥ 1
    public final void computeAtOnce(int tokens) {
        tokensAtOnce = tokens;
    }

    @Override
    public final void moveTowards(TrainableModel other, double share) {
        if (!(other instanceof TorchModel model) || model.getClass() != getClass()) {
            throw new IllegalArgumentException("other must be a model with the same weights");
        }
        Adapter following = adapter;
        if (following != null) {
            NativeErrors.run(
                    () -> "moving towards another model", () -> following.follow(weights, model.weights, share));
            weightsReplaced();
            return;
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

    /// Writes the model in a chosen number format; of one with an adapter the adapter alone, as
    /// PEFT has it.
    ///
    /// @param directory directory to write into; made if missing
    /// @param type      number format of the files
    /// @throws IOException if a file cannot be written
    /// @throws ModelException if a file that weights still lie in was overwritten, as far as its
    ///     size and time show it, or [#noteFiles] was called
    public final void save(Path directory, DataType type) throws IOException {
        if (adapter == null) {
            saveWhole(directory, type);
            return;
        }
        Adapter present = adapter;
        weights.requireFilesAsNoted();
        NativeErrors.run(() -> "writing the adapter to " + directory, () -> present.save(directory, type, weights));
        if (this instanceof TorchRewardModel) {
            // What is scored with, which the base's own configuration does not say.
            Files.writeString(
                    new ModelDirectory(directory).configFile(), written().toPrettyString() + "\n");
        }
    }

    /// Writes the model in a chosen number format, with its adapter put into its weights.
    ///
    /// @param directory directory to write into; made if missing
    /// @param type      number format of the files
    /// @throws IOException if a file cannot be written
    /// @throws ModelException if a file that weights still lie in was overwritten
    public final void saveWhole(Path directory, DataType type) throws IOException {
        write(
                () -> "writing the model to " + directory,
                files -> new ModelDirectory(directory).write(written(), files, type));
    }

    /// Remembers what the files hold that weights lie in. [#save] then fails if they hold something
    /// else, even where size and time of a file are as they were. Reads these files once here and
    /// once for each save.
    public final void noteFiles() {
        weights.noteFiles();
    }

    /// @return checksums of the files that were noted, in order
    public final List<String> notedChecksums() {
        return weights.notedChecksums();
    }

    /// Writes weights.
    @FunctionalInterface
    interface Writing {

        /// @param files weights by name, as Hugging Face files hold them
        void write(Map<String, FileTensor> files) throws IOException;
    }

    final void write(Supplier<String> what, Writing writing) throws IOException {
        weights.requireFilesAsNoted();
        Map<String, FileTensor> files = new LinkedHashMap<>();
        for (WeightSpec weight : spec.architecture().blueprint().weights()) {
            files.put(
                    weight.name(),
                    FileTensor.of(weight.shapeInFiles(), () -> Memory.withoutGradient(() -> inFiles(weight))));
        }
        NativeErrors.run(what, () -> writing.write(files));
    }

    private Tensor inFiles(WeightSpec weight) {
        Tensor values = weights.get(weight.name()).values().detach();
        return weight.columns() ? values.t() : values;
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
    /// @throws ModelException if one matches nothing, or nothing is left to train
    public final void freeze(List<String> patterns) {
        weights.freeze(patterns);
        weightsReplaced();
    }

    /// Lets go of weights that have others in their places now.
    abstract void weightsReplaced();

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
