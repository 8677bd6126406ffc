package org.betatron.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.error.NativeErrors;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.head.AskedRows;
import org.betatron.torch.head.LastTokenRows;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.pass.ScoringTransformer;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.WeightLoader;
import tools.jackson.databind.node.ObjectNode;

/// A model with a scalar head on libtorch: `...ForSequenceClassification` of `transformers` with
/// one label, in every family that [ArchitectureSpec] knows.
///
/// Weights and products have the chosen formats, whatever weights were stored in; the score itself
/// is
/// computed in float32. Owns its native memory. One thread at a time.
public final class TorchRewardModel extends TorchModel {

    private static final String PADDING = "pad_token_id";

    private AskedRows rows;
    private ScoringTransformer transformer;

    TorchRewardModel(ObjectNode config, ArchitectureSpec spec, Parameters weights, ComputeSpec compute) {
        this(config, spec, weights, compute, List.of());
    }

    private TorchRewardModel(
            ObjectNode config, ArchitectureSpec spec, Parameters weights, ComputeSpec compute, List<String> remarks) {
        super(config, spec, weights, compute, remarks);
        rows = new LastTokenRows(config.path(PADDING).asInt(-1));
        transformer = transformer();
    }

    private ScoringTransformer transformer() {
        return new ScoringTransformer(spec().architecture(), weights(), rows, compute());
    }

    @Override
    void weightsReplaced() {
        transformer.close();
        transformer = transformer();
    }

    /// Loads a reward model.
    ///
    /// @param directory holds `config.json` and safetensors weights
    /// @param compute   how it computes
    /// @return the model, to be closed by the caller
    /// @throws ModelException if the directory does not hold a whole reward model of a known
    ///     architecture
    public static TorchRewardModel load(Path directory, ComputeSpec compute) {
        ComputeSpec possible = possible(compute);
        ModelDirectory files = new ModelDirectory(directory);
        ObjectNode config = files.readConfig();
        ArchitectureSpec spec = parse(config, files);
        if (spec.head() != HeadKind.SCORE) {
            throw new ModelException(directory + " is a language model and scores no answers; betatron reward makes a"
                    + " reward model of it");
        }
        Blueprint blueprint = spec.architecture().blueprint();
        return adapted(
                new TorchRewardModel(
                        config,
                        spec,
                        NativeErrors.translate(
                                () -> "loading " + directory,
                                // An adapter brings the score along, which a base that writes has not.
                                () -> AdapterFiles.isAdapter(directory)
                                        ? WeightLoader.loadWithFreshScore(files, blueprint, possible, 0)
                                        : WeightLoader.load(files, blueprint, possible)),
                        possible,
                        remarks(config, files.configFile().toString())),
                directory);
    }

    /// Makes a reward model of a language model, whose head is left behind; a directory that holds
    /// a reward model already is loaded as it is.
    ///
    /// @param directory holds `config.json` and safetensors weights
    /// @param paddingId token that is ignored at the end of an answer; where a tokenizer has no
    ///     other, the token that ends answers
    /// @param seed      seed of the head, which is normal with the model's standard deviation
    /// @param compute   how it computes
    /// @return the model, to be closed by the caller
    /// @throws ModelException if the directory does not hold a whole model of a known architecture
    public static TorchRewardModel begin(Path directory, int paddingId, long seed, ComputeSpec compute) {
        ComputeSpec possible = possible(compute);
        ModelDirectory files = new ModelDirectory(directory);
        ObjectNode config = files.readConfig();
        ArchitectureSpec language = parse(config, files);
        if (language.head() == HeadKind.SCORE) {
            return load(directory, compute);
        }
        ObjectNode scoring =
                scoring(config, language.architecture().blueprint().architectureName(HeadKind.SCORE), paddingId);
        ArchitectureSpec spec = parse(scoring, files);
        return new TorchRewardModel(
                scoring,
                spec,
                NativeErrors.translate(
                        () -> "loading " + directory,
                        () -> WeightLoader.loadWithFreshScore(
                                files, spec.architecture().blueprint(), possible, seed)),
                possible,
                remarks(config, files.configFile().toString()));
    }

    /// Makes a critic of a model: the same, with a value of every token instead of a score of the
    /// last one, computed
    /// from what comes before the token.
    ///
    /// @param directory holds a reward model, or a language model, whose head is left behind
    /// @param seed      seed of a new head
    /// @param compute   how it computes
    /// @return the critic, to be closed by the caller
    /// @throws ModelException if the directory does not hold a whole model of a known architecture
    public static TorchRewardModel critic(Path directory, long seed, ComputeSpec compute) {
        TorchRewardModel critic = begin(directory, -1, seed, compute);
        critic.rows = AskedRows.PREDICTORS;
        critic.weightsReplaced();
        return critic;
    }

    private static ArchitectureSpec parse(ObjectNode config, ModelDirectory files) {
        return ArchitectureSpec.parse(config, files.configFile().toString());
    }

    /// @param config    of a language model, or of a reward model, which is returned as it is
    /// @param where     where it came from, for messages
    /// @param paddingId token that is ignored at the end of an answer; negative for none but what
    ///     the
    ///     configuration names
    /// @return the configuration of a reward model of that shape
    /// @throws ModelException if the configuration is not known
    public static ObjectNode scoringConfig(ObjectNode config, String where, int paddingId) {
        ArchitectureSpec spec = ArchitectureSpec.parse(config, where);
        if (spec.head() == HeadKind.SCORE) {
            return config;
        }
        int padding =
                config.path(PADDING).isIntegralNumber() ? config.path(PADDING).asInt() : paddingId;
        return scoring(config, spec.architecture().blueprint().architectureName(HeadKind.SCORE), padding);
    }

    /// @return the configuration of a language model as `transformers` writes it for one label
    private static ObjectNode scoring(ObjectNode config, String architecture, int paddingId) {
        ObjectNode scoring = config.deepCopy();
        scoring.putArray("architectures").add(architecture);
        scoring.putObject("id2label").put("0", "LABEL_0");
        scoring.putObject("label2id").put("LABEL_0", 0);
        return scoring.put(PADDING, paddingId).put("tie_word_embeddings", false);
    }

    @Override
    public TokenNumbers score(PackedBatch batch) {
        return score(batch, Dropout.NONE);
    }

    private TokenNumbers score(PackedBatch batch, Dropout dropout) {
        check(batch);
        return NativeErrors.translate(
                () -> "scoring " + BatchFit.describe(batch),
                () -> Memory.compute(() -> Memory.withoutGradient(() ->
                        new TokenNumbers(batch, Map.of(TokenQuantity.SCORE, transformer.score(batch, dropout))))));
    }

    @Override
    public ForwardPass forward(PackedBatch batch) {
        return forward(batch, Dropout.NONE);
    }

    @Override
    public DifferentiableModel dropping(long seed) {
        Dropout dropout = dropout(seed);
        return dropout.isNone()
                ? this
                : new TorchStep(this, batch -> score(batch, dropout), batch -> forward(batch, dropout));
    }

    private ForwardPass forward(PackedBatch batch, Dropout dropout) {
        check(batch);
        return new TorchForwardPass(batch, weights(), () -> transformer.forward(batch, tokensAtOnce(), dropout));
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
}
