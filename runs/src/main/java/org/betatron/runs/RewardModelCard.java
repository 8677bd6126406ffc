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
        String end = tokenizer.decode(new int[] {tokenizer.eosId()});
        return """
                # Reward model

                Scores an answer: the higher, the better. Only differences between answers to one prompt mean anything.

                A text must end with `%s` (id %d), once, which ended every answer in training: the score is taken
                there. Chat templates often write something behind it, a line break for example, or do not write it. %s

                ```python
                text = tokenizer.apply_chat_template(messages, tokenize=False)
                while text.rstrip().endswith("%s"):
                    text = text.rstrip().removesuffix("%s")
                text = text + "%s"
                score = model(**tokenizer(text, add_special_tokens=False, return_tensors="pt")).logits[0, 0]
                ```

                with `model` from `AutoModelForSequenceClassification.from_pretrained` and `tokenizer` from
                `AutoTokenizer.from_pretrained`, both of this directory, and `messages` that end with the answer.
                Batches are padded on the right, with the token of `model.config.pad_token_id`: set `padding_side` and
                `pad_token` of the tokenizer where it says otherwise.
                """.formatted(end, tokenizer.eosId(), before, end, end, end);
    }
}
