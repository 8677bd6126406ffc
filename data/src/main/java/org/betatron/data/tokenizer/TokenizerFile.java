package org.betatron.data.tokenizer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.tokenizer.TokenizerSettings.AddedToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `tokenizer.json` with the tokens that the files beside it add to it, or describe otherwise, as
/// transformers 5 adds them.
///
/// @param file       `tokenizer.json`
/// @param root       its content with these tokens
/// @param isChanged  whether the files beside it changed anything
/// @param plain      which token has which id in the file itself
/// @param vocabulary which token has which id
/// @param settings   what the files beside it say
record TokenizerFile(
        Path file,
        JsonNode root,
        boolean isChanged,
        Vocabulary plain,
        Vocabulary vocabulary,
        TokenizerSettings settings) {

    private static final String NAME = "tokenizer.json";
    private static final String ADDED = "added_tokens";

    /// @throws DataException if there is none, or the files contradict each other
    static TokenizerFile read(Path directory) {
        Path file = directory.resolve(NAME);
        JsonNode root = ModelFiles.readJsonIfPresent(directory, NAME);
        if (root.isMissingNode()) {
            throw new DataException(directory + ": a model directory must have a tokenizer.json"
                    + (Files.exists(directory.resolve("adapter_config.json"))
                            ? "; this one holds an adapter: merge it into its model first"
                            : " (from vocab.json and merges.txt, make one with AutoTokenizer.save_pretrained)"));
        }
        PrefixSpace.requireAgreement(directory, root);
        LibraryLimits.require(file, root);
        Vocabulary before = Vocabulary.read(file, root);
        TokenizerSettings settings = TokenizerSettings.read(directory);
        boolean changed = root instanceof ObjectNode object && addAll(object, before, settings);
        return new TokenizerFile(file, root, changed, before, changed ? Vocabulary.read(file, root) : before, settings);
    }

    /// @return the content in the form of the file
    byte[] bytes() {
        return JsonMapper.shared().writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
    }

    /// @return texts of the tokens that are marked as special
    Set<String> specialTokens() {
        Set<String> special = new LinkedHashSet<>();
        for (JsonNode token : root.path(ADDED)) {
            if (token.path("special").asBoolean(false)) {
                special.add(token.path("content").asString(""));
            }
        }
        return special;
    }

    private static boolean addAll(ObjectNode root, Vocabulary vocabulary, TokenizerSettings settings) {
        ArrayNode list = root.path(ADDED) instanceof ArrayNode array ? array : root.putArray(ADDED);
        Map<String, ObjectNode> known = new LinkedHashMap<>();
        list.forEach(token -> {
            if (token instanceof ObjectNode object) {
                known.put(object.path("content").asString(""), object);
            }
        });
        boolean changed = false;
        int next = vocabulary.size();
        for (AddedToken token : settings.added()) {
            ObjectNode entry = known.get(token.content());
            Integer id = vocabulary.id(token.content());
            if (entry == null) {
                int its = id == null ? next++ : id;
                requireId(token, its);
                ObjectNode made = list.addObject().put("id", its).put("content", token.content());
                describe(made, token);
                known.put(token.content(), made);
                changed = true;
            } else if (token.id().isPresent()) {
                requireId(token, entry.path("id").asInt(-1));
                ObjectNode before = entry.deepCopy();
                describe(entry, token);
                changed |= !before.equals(entry);
            }
        }
        return changed;
    }

    private static void describe(ObjectNode entry, AddedToken token) {
        entry.put("single_word", token.singleWord())
                .put("lstrip", token.leftStrip())
                .put("rstrip", token.rightStrip())
                .put("normalized", token.normalized())
                .put("special", token.special() || entry.path("special").asBoolean(false));
    }

    private static void requireId(AddedToken token, int id) {
        if (token.id().isPresent() && token.id().getAsInt() != id) {
            throw new DataException(token.source() + ": token \"" + token.content() + "\" has the id "
                    + token.id().getAsInt() + ", but gets " + id + " beside tokenizer.json; save the tokenizer with"
                    + " save_pretrained, so that tokenizer.json has it");
        }
    }
}
