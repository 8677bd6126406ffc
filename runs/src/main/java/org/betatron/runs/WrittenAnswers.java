package org.betatron.runs;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.betatron.evaluation.RecordLines;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerEnd;
import org.betatron.generation.GenerationSpec;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.training.run.Fingerprint;

/// Answers that a model has written before, a file per model, prompts and settings: a judging that was
/// broken off goes on without writing them again.
///
/// @param directory of an evaluation
record WrittenAnswers(Path directory) {

    /// An answer as a line of a file.
    ///
    /// @param tokenIds every token that was drawn
    private record Line(int prompt, int sample, List<Integer> tokenIds, String text, AnswerEnd end) {

        static Line of(Answer answer) {
            return new Line(
                    answer.prompt(),
                    answer.sample(),
                    Arrays.stream(answer.tokenIds()).boxed().toList(),
                    answer.text(),
                    answer.end());
        }

        Answer answer() {
            return new Answer(
                    prompt,
                    sample,
                    tokenIds.stream().mapToInt(Integer::intValue).toArray(),
                    text,
                    end);
        }
    }

    /// @return the answers; empty if they were not written whole
    Optional<List<Answer>> find(Path model, List<int[]> prompts, GenerationSpec spec) {
        List<Line> lines = RecordLines.read(file(model, prompts, spec), Line.class);
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(lines.stream().map(Line::answer).toList());
    }

    /// Keeps answers.
    void keep(Path model, List<int[]> prompts, GenerationSpec spec, List<Answer> answers) {
        RecordLines.write(
                file(model, prompts, spec), answers.stream().map(Line::of).toList());
    }

    private Path file(Path model, List<int[]> prompts, GenerationSpec spec) {
        StringBuilder key = new StringBuilder(Fingerprint.of(new ModelDirectory(model).modelFiles()));
        key.append(new ModelSource(model).tokenizerFingerprint()).append(spec);
        prompts.forEach(prompt -> key.append(Arrays.toString(prompt)));
        return directory.resolve("written-" + Fingerprint.of(key.toString()).substring(0, 16) + ".jsonl");
    }
}
