package org.betatron.data.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the files beside `tokenizer.json` say of tokens, put together as transformers 5 does:
///
/// - where `tokenizer_config.json` has `added_tokens_decoder`, it alone counts;
/// - where it has not, `special_tokens_map.json` comes before it, and `added_tokens.json` is read.
final class TokenizerSettings {

    static final String CONFIG = "tokenizer_config.json";
    private static final String MAP = "special_tokens_map.json";
    private static final String ADDED = "added_tokens.json";
    private static final String DECODER = "added_tokens_decoder";

    /// The order in which transformers adds them.
    private static final List<String> NAMED =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private final Path directory;
    private final JsonNode config;
    private final JsonNode map;
    private final JsonNode added;

    private TokenizerSettings(Path directory, JsonNode config, JsonNode map, JsonNode added) {
        this.directory = directory;
        this.config = config;
        this.map = map;
        this.added = added;
    }

    /// @throws DataException if a file cannot be read, or asks for something that is not done here
    static TokenizerSettings read(Path directory) {
        return of(directory, ModelFiles.readJsonIfPresent(directory, CONFIG));
    }

    /// @param config content of `tokenizer_config.json`
    static TokenizerSettings of(Path directory, JsonNode config) {
        if (config.path("split_special_tokens").asBoolean(false)) {
            throw new DataException(directory.resolve(CONFIG) + ": \"split_special_tokens\" must be false or missing:"
                    + " the special tokens that chat templates write would be split");
        }
        requireTokens(directory.resolve(CONFIG), config);
        JsonNode decoder = config.path(DECODER);
        boolean alone = decoder.isObject();
        if (!alone && !decoder.isMissingNode() && !decoder.isNull()) {
            throw new DataException(
                    directory.resolve(CONFIG) + ": \"" + DECODER + "\" must be an object of tokens by id");
        }
        JsonNode nothing = config.path("").path("");
        return new TokenizerSettings(
                directory,
                config,
                alone ? nothing : requireTokens(directory.resolve(MAP), ModelFiles.readJsonIfPresent(directory, MAP)),
                alone ? nothing : ModelFiles.readJsonIfPresent(directory, ADDED));
    }

    /// @return the content of the file
    private static JsonNode requireTokens(Path file, JsonNode content) {
        for (String name : NAMED) {
            JsonNode token = content.path(name);
            if (!token.isMissingNode() && !token.isNull() && ModelFiles.tokenText(token) == null) {
                throw new DataException(file + ": \"" + name + "\" must be a text, or an object with its \"content\"");
            }
        }
        return content;
    }

    /// @return every `*_token`, by name
    Map<String, String> tokens() {
        Map<String, String> tokens = new LinkedHashMap<>();
        for (JsonNode file : List.of(config, map)) {
            file.properties().forEach(entry -> {
                String token = entry.getKey().endsWith("_token") ? ModelFiles.tokenText(entry.getValue()) : null;
                if (token != null) {
                    tokens.put(entry.getKey(), token);
                }
            });
        }
        return tokens;
    }

    /// @param key such as `eos_token`
    /// @return the token, null if none is named
    @Nullable
    String token(String key) {
        return tokens().get(key);
    }

    /// @return the file that says it
    Path place(String key) {
        return directory.resolve(map.hasNonNull(key) ? MAP : CONFIG);
    }

    private JsonNode holder(String key) {
        return map.hasNonNull(key) ? map : config;
    }

    private AddedToken special(String key, JsonNode token) {
        return AddedToken.of(token, OptionalInt.empty(), true, place(key));
    }

    /// @return tokens that the tokenizer knows beside those of `tokenizer.json`, or otherwise than
    ///     it, in the order in which they are added
    List<AddedToken> added() {
        List<AddedToken> result = new ArrayList<>();
        config.path(DECODER).properties().forEach(entry -> {
            Path file = directory.resolve(CONFIG);
            OptionalInt id = OptionalInt.of(id(entry.getKey(), file));
            result.add(AddedToken.of(entry.getValue(), id, false, file));
        });
        added.properties().forEach(entry -> {
            Path file = directory.resolve(ADDED);
            int id = id(entry.getValue().asString(""), file);
            boolean special = tokens().containsValue(entry.getKey());
            result.add(
                    new AddedToken(entry.getKey(), OptionalInt.of(id), false, false, false, !special, special, file));
        });
        result.sort(Comparator.comparingInt(token -> token.id().orElseThrow()));
        Map<String, String> named = tokens();
        Stream.concat(NAMED.stream().filter(named::containsKey), named.keySet().stream())
                .distinct()
                .forEach(key -> result.add(special(key, holder(key).path(key))));
        for (String key : List.of("additional_special_tokens", "extra_special_tokens")) {
            holder(key).path(key).forEach(token -> result.add(special(key, token)));
        }
        return result;
    }

    private static int id(String text, Path file) {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new DataException(
                file + ": the id of a token must be a whole number that is not negative but was \"" + text + "\"");
    }

    /// A token that is found in a text before it is split.
    ///
    /// @param id     as its file says it
    /// @param source the file
    record AddedToken(
            String content,
            OptionalInt id,
            boolean singleWord,
            boolean leftStrip,
            boolean rightStrip,
            boolean normalized,
            boolean special,
            Path source) {

        /// @param json    a text, or an object with `content`
        /// @param special whether it is special where nothing is said
        static AddedToken of(JsonNode json, OptionalInt id, boolean special, Path source) {
            String content = ModelFiles.tokenText(json);
            if (content == null) {
                throw new DataException(
                        source + ": a token must be a text, or an object with \"content\", but was " + json);
            }
            boolean isSpecial = json.path("special").asBoolean(special);
            return new AddedToken(
                    content,
                    id,
                    json.path("single_word").asBoolean(false),
                    json.path("lstrip").asBoolean(false),
                    json.path("rstrip").asBoolean(false),
                    json.path("normalized").asBoolean(!isSpecial),
                    isSpecial,
                    source);
        }
    }
}
