package org.betatron.data.tokenizer;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Finds the token that fills up short texts in the files of a model directory.
public final class PaddingToken {

    private static final List<String> WELL_KNOWN =
            List.of("<|padding|>", "<pad>", "[PAD]", "<|pad|>", "<|finetune_right_pad_id|>");

    private PaddingToken() {}

    /// The tokenizer's own setting, that of `config.json`, or a token with a well-known name: the
    /// first that does not end answers as well. Where there is no such token, the one that ends
    /// answers.
    ///
    /// @param modelDirectory holds `tokenizer.json`
    /// @param eosId          token that ends answers
    /// @return id of a token
    public static int find(Path modelDirectory, int eosId) {
        TokenizerFile tokenizer = TokenizerFile.read(modelDirectory);
        Vocabulary vocabulary = tokenizer.vocabulary();
        Stream<Integer> named = Stream.concat(
                        Stream.ofNullable(tokenizer.settings().token("pad_token")), WELL_KNOWN.stream())
                .map(vocabulary::id)
                .filter(Objects::nonNull);
        int configured = ModelFiles.readJsonIfPresent(modelDirectory, "config.json")
                .path("pad_token_id")
                .asInt(-1);
        return Stream.concat(Stream.of(configured).filter(vocabulary::contains), named)
                .filter(id -> id != eosId)
                .findFirst()
                .orElse(eosId);
    }
}
