package org.betatron.data.load;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.tokenizer.Tokenizer;

/// What a model can read at all. A row beyond it is one that cannot be read, which is said before the first
/// step.
///
/// @param vocabularySize token ids are below it
/// @param maxPositions   most tokens of a prompt and one response
public record RowLimits(int vocabularySize, int maxPositions) {

    /// Of no model in particular.
    public static final RowLimits NONE = new RowLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

    /// @return why a model cannot read the row; empty if it can
    Optional<String> problem(FittedRow row, Tokenizer tokenizer) {
        Optional<String> problem = unknownToken(row.prompt(), tokenizer);
        for (int[] response : row.responses()) {
            int length = row.prompt().length + response.length;
            if (length > maxPositions) {
                return Optional.of("prompt and response have " + length + " tokens, but the model has " + maxPositions
                        + " positions; set data.truncation.maxTokens to at most that");
            }
            problem = problem.or(() -> unknownToken(response, tokenizer));
        }
        return problem;
    }

    /// @param prompt token ids of what is to be answered
    /// @return why a model cannot answer it, of several such prompts: they "fill ..."; empty if it can
    public Optional<String> promptProblem(int[] prompt, Tokenizer tokenizer) {
        if (prompt.length >= maxPositions) {
            return Optional.of("fill the model's " + maxPositions + " positions");
        }
        return beyond(prompt).stream()
                .mapToObj(id -> "hold tokens beyond the model's vocabulary of " + vocabularySize + ", as " + id + " (\""
                        + tokenizer.piece(id) + "\"),")
                .findFirst();
    }

    /// @return whether a model can read a row
    public boolean holds(TokenizedText row) {
        return row.numTokens() <= maxPositions
                && beyond(row.prompt()).isEmpty()
                && beyond(row.response()).isEmpty();
    }

    private Optional<String> unknownToken(int[] ids, Tokenizer tokenizer) {
        return beyond(ids).stream()
                .mapToObj(
                        id -> "token " + id + " (\"" + tokenizer.piece(id) + "\") is beyond the model's vocabulary of "
                                + vocabularySize + "; do tokenizer and model belong together?")
                .findFirst();
    }

    private OptionalInt beyond(int[] ids) {
        return IntStream.of(ids).filter(id -> id >= vocabularySize).findFirst();
    }
}
