package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.data.layout.TextFormat;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.Truncation;
import org.betatron.data.source.FieldMap;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TestTokenizers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model of ten positions, and one that does not know the end token.
class RowLimitsTest {

    @TempDir
    Path directory;

    @Test
    void whatAModelCannotAnswerIsSaidOfThePrompt() {
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            RowLimits limits = new RowLimits(256, 3);
            assertThat(limits.promptProblem(new int[] {255, 0}, tokenizer)).isEmpty();
            assertThat(limits.promptProblem(new int[3], tokenizer)).contains("fill the model's 3 positions");
            assertThat(limits.promptProblem(new int[] {0, 256}, tokenizer))
                    .contains("hold tokens beyond the model's vocabulary of 256, as 256 (\"<|endoftext|>\"),");
        }
    }

    @Test
    void whatAModelCannotReadIsSaidWithTheRow() throws IOException {
        Path file = Files.writeString(directory.resolve("x.jsonl"), """
                {"prompt": "1234", "chosen": "12345", "rejected": "1"}
                {"prompt": "1234", "chosen": "1", "rejected": "123456"}
                {"prompt": "12", "chosen": "1", "rejected": "z"}
                """);
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            DataSetLoader loader = new DataSetLoader(
                            tokenizer, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN, Truncation.to(20, 10))
                    .within(new RowLimits(300, 10));
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> loader.pairs(List.of(file), PreferenceFormat.AUTO))
                    .withMessage(file + ":2: prompt and response have 11 tokens, but the model has 10 positions; set"
                            + " data.truncation.maxTokens to at most that");
            DataSetLoader dropping = loader.by(new RowRules(FieldMap.NONE, OnBadRow.DROP, Set.of(), Set.of()));
            assertThat(dropping.pairs(List.of(file), PreferenceFormat.AUTO).rows())
                    .hasSize(2);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(
                            () -> loader.within(new RowLimits(256, 100)).pairs(List.of(file), PreferenceFormat.AUTO))
                    .satisfies(refused -> assertThat(refused.details())
                            .first()
                            .asString()
                            .isEqualTo(file
                                    + ":1: token 256 (\"<|endoftext|>\") is beyond the model's vocabulary of 256; do tokenizer"
                                    + " and model belong together?"));
            Path text = Files.writeString(directory.resolve("x.txt"), "once upon a time");
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> loader.texts(List.of(text), TextFormat.AUTO))
                    .withMessage(
                            text + ": data.truncation.maxTokens must be at most the model's 10 positions, but was 20");
        }
    }
}
