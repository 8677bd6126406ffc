package org.betatron.data.tokenizer;

import java.nio.file.Path;
import java.util.Optional;
import org.betatron.data.DataException;
import tools.jackson.databind.JsonNode;

/// What a model directory says of its tokenizer, for those who write it in another form.
public final class TokenizerSource {

    private final Path directory;
    private final TokenizerFile tokenizer;

    private TokenizerSource(Path directory, TokenizerFile tokenizer) {
        this.directory = directory;
        this.tokenizer = tokenizer;
    }

    /// @throws DataException if there is none, or the files contradict each other
    public static TokenizerSource read(Path directory) {
        return new TokenizerSource(directory, TokenizerFile.read(directory));
    }

    /// @return `tokenizer.json`, for messages
    public Path file() {
        return tokenizer.file();
    }

    /// @return its content, with the tokens that the files beside it add
    public JsonNode root() {
        return tokenizer.root();
    }

    /// @return largest id + 1
    public int size() {
        return tokenizer.vocabulary().size();
    }

    /// @return whether an id has a token
    public boolean has(int id) {
        return tokenizer.vocabulary().contains(id);
    }

    /// @return the token of an id
    public String token(int id) {
        return tokenizer.vocabulary().token(id);
    }

    /// @param name such as `eos_token`
    /// @return its id, where the directory names one; the end of an answer where it names no
    ///     `eos_token`
    public Optional<Integer> specialId(String name) {
        String token = tokenizer.settings().token(name);
        if (token == null) {
            return name.equals("eos_token") ? Optional.of(EndTokens.find(directory, tokenizer)[0]) : Optional.empty();
        }
        return Optional.ofNullable(tokenizer.vocabulary().id(token));
    }
}
