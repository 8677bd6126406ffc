package org.betatron.data.load;

/// Something about a row that is kept, which is worth knowing: how it is read is right by the rules, but
/// perhaps not what was meant.
public enum Oddity {
    /// Every answer begins with the text of its prompt.
    REPEATS_PROMPT("answers that repeat their prompt"),
    /// The assistant speaks twice without anybody between.
    ASSISTANT_TWICE("dialogues in which the assistant speaks twice in a row"),
    /// The chat template writes what comes before an answer otherwise once the answer is there, as those do
    /// that open a thought for it: the prompt ends where both are the same.
    PROMPT_SHORTENED("prompts that end before what the chat template opens for an answer"),
    /// The chat template writes earlier turns otherwise once the answer is there.
    ANSWER_AS_WRITTEN("answers that the chat template does not continue a prompt with, used as written"),
    /// The chat template leaves out what the assistant thought in earlier turns.
    REASONING_LEFT_OUT("dialogues whose earlier reasoning the chat template leaves out");

    private final String text;

    Oddity(String text) {
        this.text = text;
    }

    /// @return what it is, in the words of reports, behind a number of rows
    public String text() {
        return text;
    }
}
