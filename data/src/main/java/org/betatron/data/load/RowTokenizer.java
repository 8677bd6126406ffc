package org.betatron.data.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.row.Truncation;
import org.betatron.data.tokenizer.TextTokens;

/// Turns the texts of rows into token ids that fit. Thread-safe.
///
/// @param tokens     of prompts and answers
/// @param truncation limits of a row
record RowTokenizer(TextTokens tokens, Truncation truncation) {

    /// @throws IllegalArgumentException if a cut prompt would have no room besides the start tokens
    RowTokenizer {
        if (truncation.maxPromptTokens() <= tokens.numStartTokens()) {
            throw new IllegalArgumentException("maxPromptTokens must be more than the " + tokens.numStartTokens()
                    + " tokens that the tokenizer puts before every text but was " + truncation.maxPromptTokens());
        }
    }

    /// A prompt that is the one of the row before is not tokenized again, and no response to it twice.
    ///
    /// @return the rows in the same order
    List<FittedRow> tokenize(List<RenderedRow> rows) {
        List<FittedRow> fitted = new ArrayList<>(rows.size());
        String prompt = "";
        int[] promptIds = tokens.start();
        Map<String, int[]> known = new HashMap<>();
        for (RenderedRow row : rows) {
            if (!row.prompt().equals(prompt)) {
                prompt = row.prompt();
                promptIds = tokens.prompt(prompt);
                known.clear();
            }
            List<int[]> responses = new ArrayList<>(row.responses().size());
            for (String response : row.responses()) {
                responses.add(known.computeIfAbsent(response, tokens::answer));
            }
            fitted.add(FittedRow.fit(promptIds, responses, tokens, truncation));
        }
        return fitted;
    }
}
