package org.betatron.data.load;

import java.util.Optional;
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

    private Optional<String> unknownToken(int[] ids, Tokenizer tokenizer) {
        for (int id : ids) {
            if (id >= vocabularySize) {
                return Optional.of(
                        "token " + id + " (\"" + tokenizer.piece(id) + "\") is beyond the model's vocabulary of "
                                + vocabularySize + "; do tokenizer and model belong together?");
            }
        }
        return Optional.empty();
    }
}
