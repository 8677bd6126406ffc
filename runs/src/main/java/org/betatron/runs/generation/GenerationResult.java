package org.betatron.runs.generation;

import java.util.List;
import java.util.Optional;
import org.betatron.data.load.PromptRow;
import org.betatron.data.load.ReadingReport;
import org.betatron.generation.Answer;

/// Answers to prompts.
///
/// @param read    what became of the rows of files; empty if there were none
/// @param prompts what was answered, in order
/// @param answers by prompt and sample; [Answer#prompt] is the number of its prompt
/// @param seconds how long the answers took, without opening the model
/// @param leftOut ids of prompts that were not answered, because the model cannot
public record GenerationResult(
        Optional<ReadingReport> read,
        List<PromptRow> prompts,
        List<Answer> answers,
        double seconds,
        List<String> leftOut) {

    public GenerationResult {
        prompts = List.copyOf(prompts);
        answers = List.copyOf(answers);
        leftOut = List.copyOf(leftOut);
    }

    /// @return length of all answers, tokens
    public long tokens() {
        return answers.stream().mapToLong(answer -> answer.tokenIds().length).sum();
    }
}
