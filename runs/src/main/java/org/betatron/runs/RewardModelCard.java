package org.betatron.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;

/// What a saved reward model says of itself to those who use it elsewhere: which text it scores.
final class RewardModelCard {

    private static final String NAME = "README.md";

    private RewardModelCard() {}

    /// Writes the card if the directory has no other one.
    ///
    /// @param directory holds a reward model and its tokenizer
    static void write(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (Files.exists(file)) {
            return;
        }
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(directory)) {
            Files.writeString(file, text(tokenizer));
        }
    }

    private static String text(HuggingFaceTokenizer tokenizer) {
        String before = tokenizer.bosPrefix().length == 0
                ? "Nothing stands before the text."
                : "Before every text stands `" + tokenizer.decode(tokenizer.bosPrefix())
                        + "`; where the chat template does not write it, put it there.";
        return """
                # Reward model

                Scores an answer: the higher, the better. Only differences between answers to one prompt mean anything.

                A text must end with `%s` (id %d), which ended every answer in training: the score is taken there. Chat
                templates often write something behind it, a line break for example; cut that off. %s

                ```python
                text = tokenizer.apply_chat_template(messages, tokenize=False)
                end = text.rindex("%s") + len("%s")
                score = model(**tokenizer(text[:end], add_special_tokens=False, return_tensors="pt")).logits[0, 0]
                ```

                with `model` from `AutoModelForSequenceClassification.from_pretrained` and `tokenizer` from
                `AutoTokenizer.from_pretrained`, both of this directory, and `messages` that end with the answer.
                """.formatted(
                        tokenizer.decode(new int[] {tokenizer.eosId()}),
                        tokenizer.eosId(),
                        before,
                        tokenizer.decode(new int[] {tokenizer.eosId()}),
                        tokenizer.decode(new int[] {tokenizer.eosId()}));
    }
}
