package org.betatron.data.world;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A `tokenizer.json` with one token per word of the world: sequences a fifth as long as bytes.
final class WorldTokenizer {

    private static final String END = "<|endoftext|>";
    private static final String UNKNOWN = "<unk>";

    private static final List<String> WORDS = collectWords();

    private WorldTokenizer() {}

    /// @return every word and punctuation mark that questions and answers can have, in order
    static List<String> words() {
        return WORDS;
    }

    private static List<String> collectWords() {
        TreeSet<String> words = new TreeSet<>();
        Stream<String> statements = Arrays.stream(Topic.values())
                .flatMap(topic -> topic.answers().stream().map(value -> topic.statement("it", value)));
        Stream.of(
                        Question.ALL.stream().map(Question::prompt),
                        statements,
                        Phrases.POLITE_OPENINGS.stream(),
                        Phrases.POLITE_CLOSINGS.stream(),
                        Phrases.RUDE_OPENINGS.stream(),
                        Phrases.RUDE_CLOSINGS.stream(),
                        Phrases.EVASIONS.stream(),
                        Phrases.FILLERS.stream())
                .flatMap(texts -> texts)
                .forEach(text -> words.addAll(List.of(text.split(" "))));
        return List.copyOf(words);
    }

    /// @return ids: the end token, unknown words, the words
    static int vocabularySize() {
        return words().size() + 2;
    }

    static ObjectNode json() {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        special(root.putArray("added_tokens").addObject(), 0, END);
        special(root.withArray("added_tokens").addObject(), 1, UNKNOWN);
        root.putObject("normalizer").put("type", "Lowercase");
        root.putObject("pre_tokenizer").put("type", "Whitespace");
        root.putNull("post_processor").putNull("decoder");
        ObjectNode model = root.putObject("model").put("type", "WordLevel");
        ObjectNode vocabulary = model.putObject("vocab").put(END, 0).put(UNKNOWN, 1);
        int id = 2;
        for (String word : words()) {
            vocabulary.put(word, id++);
        }
        model.put("unk_token", UNKNOWN);
        return root;
    }

    private static void special(ObjectNode token, int id, String content) {
        token.put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }
}
