package org.betatron.runs.prompt;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.betatron.data.layout.ExpectedAnswer;
import org.betatron.data.layout.RowRules;
import org.betatron.data.load.PromptReader;
import org.betatron.data.load.PromptRow;
import org.betatron.data.load.PromptSet;
import org.betatron.data.load.ReadingReport;
import org.betatron.data.load.RowLimits;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.runs.model.ModelSource;

/// Prompts that a model is trained on, or measured on.
///
/// @param rows    as the model reads them
/// @param texts   token ids of each, with those of its answer in the data where these are read;
///     otherwise with as many tokens as an answer may have, all of them 0
public record TrainingPrompts(List<PromptRow> rows, List<TokenizedText> texts) {

    /// How prompts are read.
    ///
    /// @param source       whose model is asked
    /// @param tokenizer    of that model, borrowed
    /// @param rules        how rows are read
    /// @param expected     whether rows must have a known right answer
    /// @param readsAnswers whether rows must have an answer that is learned from
    /// @param maxNewTokens most tokens of an answer
    public record Reader(
            ModelSource source,
            HuggingFaceTokenizer tokenizer,
            RowRules rules,
            ExpectedAnswer.Reading expected,
            boolean readsAnswers,
            int maxNewTokens) {

        /// Reads prompts; those that leave no room for an answer are left out by name.
        ///
        /// @param read    takes what became of the rows
        /// @param leftOut hears of prompts that cannot be asked
        /// @throws IllegalArgumentException if no prompt is left
        public TrainingPrompts read(List<Path> files, Consumer<ReadingReport> read, AskedPrompts.Teller leftOut) {
            PromptSet set = new PromptReader(
                            List.of(ChatTemplate.load(source.directory())), PromptStyle.AS_WRITTEN, rules, expected)
                    .read(files);
            read.accept(set.report());
            TextTokens tokens = new TextTokens(tokenizer);
            RowLimits limits = source.limits();
            AskedPrompts asked = new AskedPrompts();
            TrainingPrompts prompts = new TrainingPrompts(new ArrayList<>(), new ArrayList<>());
            int[] unknown = new int[maxNewTokens];
            for (PromptRow row : set.of(0)) {
                int[] prompt = tokens.prompt(row.prompt());
                if (asked.admits(row.id(), limits.promptProblem(prompt, tokenizer))) {
                    prompts.rows.add(row);
                    prompts.texts.add(new TokenizedText(
                            row.id(), prompt, readsAnswers ? answer(row, tokens, prompt, limits) : unknown));
                }
            }
            asked.tell(leftOut);
            return prompts;
        }

        /// An answer is cut where it is longer than those that the model may write.
        private int[] answer(PromptRow row, TextTokens tokens, int[] prompt, RowLimits limits) {
            String chosen = row.chosen();
            if (chosen == null) {
                throw new IllegalArgumentException("row " + row.id()
                        + " has no \"chosen\" answer: pairs are made of the data's answer and an own one; "
                        + "set pairs=best with rewards to make them of own answers only");
            }
            int[] ids = tokens.ended(chosen);
            int room = Math.min(maxNewTokens, limits.maxPositions() - prompt.length);
            return ids.length <= room ? ids : Arrays.copyOf(ids, room);
        }
    }

    /// @return the rows with these numbers
    public TrainingPrompts only(int[] numbers) {
        return new TrainingPrompts(
                Arrays.stream(numbers).mapToObj(rows::get).toList(),
                Arrays.stream(numbers).mapToObj(texts::get).toList());
    }

    public int size() {
        return rows.size();
    }
}
