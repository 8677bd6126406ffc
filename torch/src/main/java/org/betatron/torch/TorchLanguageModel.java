package org.betatron.torch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TrainableLanguageModel;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.gguf.GgufException;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufType;
import org.betatron.torch.adapter.Adapter;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.error.NativeErrors;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.gguf.GgufConfig;
import org.betatron.torch.gguf.GgufExport;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.pass.Transformer;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.TiedHead;
import org.betatron.torch.weight.WeightLoader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A language model on libtorch, of any family that [ArchitectureSpec] knows.
///
/// Weights and products have the chosen formats, whatever weights were stored in. Owns its native
/// memory. One thread at a time.
public final class TorchLanguageModel extends TorchModel implements TrainableLanguageModel {

    private Transformer transformer;

    TorchLanguageModel(ObjectNode config, ArchitectureSpec spec, Parameters weights, ComputeSpec compute) {
        this(config, spec, weights, compute, List.of());
    }

    private TorchLanguageModel(
            ObjectNode config, ArchitectureSpec spec, Parameters weights, ComputeSpec compute, List<String> remarks) {
        super(config, spec, weights, compute, remarks);
        transformer = transformer();
    }

    private Transformer transformer() {
        return new Transformer(spec().architecture(), weights(), compute());
    }

    @Override
    void weightsReplaced() {
        transformer.close();
        transformer = transformer();
    }

    /// Loads a Hugging Face directory.
    ///
    /// @param directory holds `config.json` and safetensors weights
    /// @param compute   how it computes
    /// @return the model, to be closed by the caller
    /// @throws ModelException if the directory does not hold a whole model of a known architecture
    public static TorchLanguageModel load(Path directory, ComputeSpec compute) {
        ComputeSpec possible = possible(compute);
        ModelDirectory files = new ModelDirectory(directory);
        ObjectNode config = files.readConfig();
        String where = files.configFile().toString();
        ArchitectureSpec spec = parse(config, where);
        List<String> remarks = new ArrayList<>(remarks(config, where));
        if (spec.head() == HeadKind.TIED
                && TiedHead.isContradicted(files, spec.architecture().blueprint())) {
            remarks.add(
                    where + " ties the head to the embedding, but the weights hold a head of its own: it is used, as"
                            + " in transformers 5, and the model is saved with tie_word_embeddings false");
            config = config.put("tie_word_embeddings", false);
            spec = parse(config, where);
        }
        Blueprint blueprint = spec.architecture().blueprint();
        return adapted(
                new TorchLanguageModel(
                        config,
                        spec,
                        NativeErrors.translate(
                                () -> "loading " + directory, () -> WeightLoader.load(files, blueprint, possible)),
                        possible,
                        remarks),
                directory);
    }

    /// As [#load(Path, ComputeSpec)], with the defaults in a number format of matrix products.
    public static TorchLanguageModel load(Path directory, DataType precision) {
        return load(directory, ComputeSpec.DEFAULT.withPrecision(precision));
    }

    /// Makes a model with random weights: matrices normal with the configuration's standard
    /// deviation, biases zero, norms one.
    ///
    /// @param config  content of a `config.json`
    /// @param where   where it came from, for messages
    /// @param seed    seed of the weights
    /// @param compute how it computes
    /// @return the model, to be closed by the caller
    /// @throws ModelException if the configuration is unknown or incomplete
    public static TorchLanguageModel initialize(ObjectNode config, String where, long seed, ComputeSpec compute) {
        ComputeSpec possible = possible(compute);
        ArchitectureSpec spec = parse(config, where);
        return new TorchLanguageModel(
                config,
                spec,
                NativeErrors.translate(
                        () -> "making the " + spec.architecture().blueprint().numParameters() + " weights of " + where,
                        () -> WeightLoader.initialize(spec.architecture().blueprint(), possible, seed)),
                possible);
    }

    /// As [#initialize(ObjectNode, String, long, ComputeSpec)], with the defaults in a number
    /// format of matrix products.
    public static TorchLanguageModel initialize(ObjectNode config, String where, long seed, DataType precision) {
        return initialize(config, where, seed, ComputeSpec.DEFAULT.withPrecision(precision));
    }

    /// The model without its adapter: what a fresh one is compared with. It shares the weights, and
    /// there is no second model in memory.
    ///
    /// @return the reference, to be closed before this model
    /// @throws ModelException if the model has no adapter
    public TorchLanguageModel withoutAdapter() {
        required();
        Parameters shared = new Parameters();
        Adapter.base(weights(), shared);
        return sharing(shared);
    }

    /// As [#withoutAdapter], with another adapter.
    ///
    /// @param directory holds it
    /// @throws ModelException if it is none of such a model
    public TorchLanguageModel withAdapter(Path directory) {
        return adapted(withoutAdapter(), directory);
    }

    /// As [#withoutAdapter], with a copy of the adapter as it is now, which can follow this model.
    public TorchLanguageModel withAdapterAsItIs() {
        Adapter own = required();
        Parameters shared = new Parameters();
        own.copy(weights(), shared);
        TorchLanguageModel copy = sharing(shared);
        copy.has(own);
        return copy;
    }

    private Adapter required() {
        return adapter().orElseThrow(() -> new ModelException("the model has no adapter to leave out"));
    }

    private TorchLanguageModel sharing(Parameters shared) {
        return new TorchLanguageModel(written(), spec(), shared, compute());
    }

    @Override
    public TokenNumbers score(PackedBatch batch, VocabularyRequest request) {
        return score(batch, request, Dropout.NONE);
    }

    private TokenNumbers score(PackedBatch batch, VocabularyRequest request, Dropout dropout) {
        check(batch);
        Transformer reference = referenceOf(request);
        return NativeErrors.translate(
                () -> "scoring " + BatchFit.describe(batch),
                () -> Memory.compute(
                        () -> Memory.withoutGradient(() -> transformer.score(batch, request, reference, dropout))));
    }

    @Override
    public ForwardPass forward(PackedBatch batch, VocabularyRequest request) {
        return forward(batch, request, Dropout.NONE);
    }

    @Override
    public DifferentiableModel dropping(long seed, VocabularyRequest request) {
        Dropout dropout = dropout(seed);
        return dropout.isNone()
                ? asking(request)
                : new TorchStep(
                        this, batch -> score(batch, request, dropout), batch -> forward(batch, request, dropout));
    }

    private ForwardPass forward(PackedBatch batch, VocabularyRequest request, Dropout dropout) {
        check(batch);
        Transformer reference = referenceOf(request);
        return new TorchForwardPass(
                batch, weights(), () -> transformer.forward(batch, request, reference, tokensAtOnce(), dropout));
    }

    private @Nullable Transformer referenceOf(VocabularyRequest request) {
        return request.reference(TorchLanguageModel.class, this)
                .map(model -> {
                    model.weights().requireUsable();
                    return model.transformer;
                })
                .orElse(null);
    }

    /// Writes the model as a GGUF file.
    ///
    /// @param file      written whole, or left behind where writing fails
    /// @param type      number format of the matrices, see [GgufExport#write]
    /// @param tokenizer metadata of the tokenizer
    /// @throws IOException    if the file cannot be written
    /// @throws ModelException if llama.cpp does not know models of this kind
    public void exportGguf(Path file, GgufType type, Map<String, Object> tokenizer) throws IOException {
        write(() -> "writing the model to " + file, files -> GgufExport.write(file, written(), files, type, tokenizer));
        requireSameModel(file);
    }

    /// Writes the model's adapter alone as a GGUF file.
    ///
    /// @param file written whole, or left behind where writing fails
    /// @param type number format of the matrices: F32, F16 or BF16
    /// @throws IOException    if the file cannot be written
    /// @throws ModelException if llama.cpp knows no such adapter, or base
    public void exportAdapterGguf(Path file, GgufType type) throws IOException {
        NativeErrors.run(
                () -> "writing the adapter to " + file, () -> required().exportGguf(file, written(), type, weights()));
    }

    /// Metadata cannot say everything, and llama.cpp fixes some settings in its code: what it would
    /// compute from the file must be this model.
    private void requireSameModel(Path file) throws IOException {
        try (GgufFile written = GgufFile.open(file)) {
            ObjectNode read = GgufConfig.of(written);
            ObjectNode own = written();
            // Has no place in the file, and no part in what is computed.
            read.set("initializer_range", own.path("initializer_range"));
            if (own.path("initializer_range").isMissingNode()) {
                read.remove("initializer_range");
            }
            if (!spec().computesAs(parse(read, file.toString()))) {
                String different = read.properties().stream()
                        .filter(entry -> own.has(entry.getKey())
                                && !own.path(entry.getKey())
                                        .toString()
                                        .equals(entry.getValue().toString()))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.joining(", "));
                throw new ModelException("llama.cpp would compute another model: it has its own values for settings of"
                        + " config.json that cannot be written into a GGUF file, among " + different);
            }
        } catch (GgufException e) {
            throw new ModelException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Decoder startDecoding() {
        weights().requireUsable();
        return NativeErrors.translate(
                () -> "laying out the weights for decoding",
                () -> new TorchDecoder(transformer.startDecoding(), spec(), weights()));
    }

    @Override
    int lowestTrained() {
        return transformer.lowestTrained();
    }

    @Override
    public void close() {
        transformer.close();
        super.close();
    }

    /// @throws ModelException if the model does not write
    private static ArchitectureSpec parse(ObjectNode config, String where) {
        ArchitectureSpec spec = ArchitectureSpec.parse(config, where);
        if (spec.head() == HeadKind.SCORE) {
            throw new ModelException(where + " describes a reward model, which scores answers and writes none; a"
                    + " language model is needed here");
        }
        return spec;
    }
}
