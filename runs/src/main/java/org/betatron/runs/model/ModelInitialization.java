package org.betatron.runs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.Directories;
import org.betatron.core.files.NewDirectory;
import org.betatron.data.source.JsonProblem;
import org.betatron.data.tokenizer.ByteTokenizer;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TokenizerConfig;
import org.betatron.runs.place.ModelName;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.architecture.KnownModels;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.tensor.DataType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Makes a model directory with random weights and a tokenizer.
public final class ModelInitialization {

    private ModelInitialization() {}

    /// @param config    a known name, or path of a `config.json`
    /// @param tokenizer directory with `tokenizer.json`, `ORG/NAME` on the hub, or `bytes`
    /// @param out       directory that does not exist, or is empty
    /// @param seed      seed of the weights
    /// @return number of parameters
    /// @throws ModelException           if the configuration does not fit the tokenizer
    /// @throws IllegalArgumentException if `out` is in use
    public static long run(String config, String tokenizer, Path out, long seed) {
        ObjectNode json = config(config);
        try (NewDirectory directory = NewDirectory.at(out)) {
            copyTokenizer(tokenizer, out);
            TokenizerConfig.writeIfMissing(out);
            setEndToken(json, config, out);
            try (TorchLanguageModel model = TorchLanguageModel.initialize(json, config, seed, DataType.FP32)) {
                model.save(out);
                directory.keep();
                return model.numParameters();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the model directory " + out, e);
        }
    }

    private static ObjectNode config(String config) {
        Path file = Path.of(config);
        if (!Files.isRegularFile(file)) {
            return KnownModels.config(config);
        }
        requireWhole(file.resolveSibling(""), file.getFileName().toString()::equals);
        try {
            if (JsonMapper.shared().readTree(Files.readString(file)) instanceof ObjectNode object) {
                return object;
            }
            throw new ModelException(config + " must hold a JSON object");
        } catch (JacksonException e) {
            throw new ModelException(config + ": " + JsonProblem.in(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + config, e);
        }
    }

    private static void copyTokenizer(String tokenizer, Path out) throws IOException {
        if (tokenizer.equals("bytes")) {
            ByteTokenizer.writeTo(out);
            return;
        }
        Path directory = ModelName.path(Path.of(tokenizer));
        if (!Files.isRegularFile(directory.resolve("tokenizer.json"))) {
            throw new ModelException(
                    "--tokenizer must be a directory with tokenizer.json, or 'bytes', but was " + tokenizer);
        }
        List<Path> files = new ModelSource(directory).sideFiles();
        requireWhole(
                directory,
                name -> files.stream()
                        .anyMatch(file -> file.getFileName().toString().equals(name)));
        for (Path file : files) {
            Directories.copyInto(file, out);
        }
    }

    private static void requireWhole(Path directory, Predicate<String> names) {
        Checksums.damage(directory, names).ifPresent(damage -> {
            throw new ModelException(damage);
        });
    }

    /// The tokenizer decides which token ends a text, whatever a known configuration says.
    private static void setEndToken(ObjectNode json, String config, Path out) {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(out)) {
            int vocabularySize = json.path("vocab_size").asInt(0);
            if (tokenizer.vocabularySize() > vocabularySize) {
                throw new ModelException(config + ": vocab_size must be at least " + tokenizer.vocabularySize()
                        + ", the tokenizer's, but was " + vocabularySize);
            }
            json.put("eos_token_id", tokenizer.eosId());
            int[] prefix = tokenizer.bosPrefix();
            json.put("bos_token_id", prefix.length > 0 ? prefix[0] : tokenizer.eosId());
        }
    }
}
