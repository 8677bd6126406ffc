package org.betatron.data.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.betatron.core.RootCause;
import org.betatron.data.DataException;

/// A `tokenizer.json` of a Hugging Face model directory, run by the `tokenizers` library that made
/// it.
///
/// Never uses the network. Thread-safe. [#close] frees the native tokenizer; it must not be used
/// after.
public final class HuggingFaceTokenizer implements Tokenizer, AutoCloseable {

    private static final char REPLACEMENT_CHARACTER = '\ufffd';

    private final Path file;
    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer;
    private final Vocabulary vocabulary;
    private final Set<String> specialTokens;
    private final int[] bosPrefix;
    private final int[] stopIds;

    private HuggingFaceTokenizer(
            Path file,
            ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer,
            Vocabulary vocabulary,
            Set<String> specialTokens,
            int[] bosPrefix,
            int[] stopIds) {
        this.file = file;
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.specialTokens = Set.copyOf(specialTokens);
        this.bosPrefix = bosPrefix;
        this.stopIds = stopIds;
    }

    /// Loads the tokenizer of a model directory.
    ///
    /// Tokens that only the files beside `tokenizer.json` know are added, as transformers 5 does;
    /// `docs/model-files.md` lists which file comes before which.
    ///
    /// The token that ends an answer is the tokenizer's own `eos_token`, else the first
    /// `eos_token_id` of `generation_config.json` or `config.json`, else a token with a well-known
    /// name. The tokenizer's own setting comes first because chat models list several ids in the
    /// other files, in no particular order.
    ///
    /// @throws DataException if there is no `tokenizer.json`, it cannot be used, or no token ends
    ///     an answer
    public static HuggingFaceTokenizer load(Path modelDirectory) {
        TokenizerFile file = TokenizerFile.read(modelDirectory);
        int[] stopIds = EndTokens.find(modelDirectory, file);
        ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer = open(file);
        try {
            int[] bosPrefix = findBosPrefix(tokenizer);
            return new HuggingFaceTokenizer(
                    file.file(), tokenizer, file.vocabulary(), file.specialTokens(), bosPrefix, stopIds);
        } catch (RuntimeException e) {
            throw unusable(file.file(), e);
        }
    }

    private static ai.djl.huggingface.tokenizers.HuggingFaceTokenizer open(TokenizerFile file) {
        // The library reports its use over the network on some cloud machines unless told not to.
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("ai.djl.offline", "true");
        // What goes wrong is said below, in one line.
        setIfAbsent("org.slf4j.simpleLogger.log.ai.djl", "off");
        // A stream instead of a path: given a path, it reads tokenizer_config.json too and
        // truncates.
        try (InputStream in =
                file.isChanged() ? new ByteArrayInputStream(file.bytes()) : Files.newInputStream(file.file())) {
            return ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
                    in, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
        } catch (EngineException | LinkageError e) {
            // The library unpacks itself on first use, which needs a place that may be executed.
            throw new DataException(
                    "the tokenizer's library cannot be loaded: " + RootCause.line(e)
                            + "; it needs a directory that can be written to and whose files may be executed:"
                            + " set DJL_CACHE_DIR to one"
                            + (System.getenv("DJL_CACHE_DIR") == null
                                    ? ""
                                    : ", which is " + System.getenv("DJL_CACHE_DIR") + " now"),
                    e);
        } catch (IOException | RuntimeException e) {
            throw new DataException(file.file() + ": cannot be loaded as a tokenizer: " + e.getMessage(), e);
        }
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /// The tokenizer's own post-processor says what comes first.
    private static int[] findBosPrefix(ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer) {
        long[] plain = tokenizer.encode("a", false, false).getIds();
        long[] special = tokenizer.encode("a", true, false).getIds();
        for (int start = 0; start + plain.length <= special.length; start++) {
            if (Arrays.equals(special, start, start + plain.length, plain, 0, plain.length)) {
                return toInts(Arrays.copyOf(special, start));
            }
        }
        return new int[0];
    }

    @Override
    public int[] encode(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        // Only ids are needed; the public method also copies every piece and its place in the text.
        TokenizersLibrary library = TokenizersLibrary.LIB;
        long encoding;
        try {
            encoding = library.encode(tokenizer.getHandle(), text, false);
        } catch (RuntimeException e) {
            throw unusable(file, e);
        }
        try {
            return toInts(library.getTokenIds(encoding));
        } finally {
            library.deleteEncoding(encoding);
        }
    }

    /// A vocabulary without the unknown token that it names, for example.
    private static DataException unusable(Path file, RuntimeException e) {
        return new DataException(file + ": cannot make tokens of a text: " + e.getMessage(), e);
    }

    @Override
    public String decode(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), false);
    }

    @Override
    public String piece(int id) {
        String text = decode(new int[] {id});
        return text.isEmpty() || text.indexOf(REPLACEMENT_CHARACTER) >= 0 ? vocabulary.token(id) : text;
    }

    /// @return texts of the tokens that are special: those that chat templates write and no user
    ///     should
    public Set<String> specialTokens() {
        return specialTokens;
    }

    /// @param text of a token of some tokenizer
    /// @return whether it is one token of this one as well, and not read as plain text
    public boolean isOneToken(String text) {
        Integer id = vocabulary.id(text);
        return id != null && Arrays.equals(encode(text), new int[] {id});
    }

    @Override
    public int[] bosPrefix() {
        return bosPrefix.clone();
    }

    @Override
    public int eosId() {
        return stopIds[0];
    }

    @Override
    public int[] stopIds() {
        return stopIds.clone();
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private static int[] toInts(long[] ids) {
        int[] ints = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ints[i] = Math.toIntExact(ids[i]);
        }
        return ints;
    }
}
