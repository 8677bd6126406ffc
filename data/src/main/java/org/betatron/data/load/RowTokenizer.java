package org.betatron.data.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.betatron.data.row.Truncation;
import org.betatron.data.tokenizer.Tokenizer;

/// Turns the texts of rows into token ids that fit: start tokens on the prompt, one end token on
/// each response, then truncation. Thread-safe.
final class RowTokenizer {

    private final Tokenizer tokenizer;
    private final Truncation truncation;
    private final int[] bosPrefix;
    private final AtomicReferenceArray<Boolean> blank;

    /// @throws IllegalArgumentException if a cut prompt would have no room besides the start tokens
    RowTokenizer(Tokenizer tokenizer, Truncation truncation) {
        this.tokenizer = tokenizer;
        this.truncation = truncation;
        this.bosPrefix = tokenizer.bosPrefix();
        this.blank = new AtomicReferenceArray<>(tokenizer.vocabularySize());
        if (truncation.maxPromptTokens() <= bosPrefix.length) {
            throw new IllegalArgumentException("maxPromptTokens must be more than the " + bosPrefix.length
                    + " tokens that the tokenizer puts before every text but was " + truncation.maxPromptTokens());
        }
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    Truncation truncation() {
        return truncation;
    }

    /// A prompt that is the one of the row before is not tokenized again, and no response to it twice.
    ///
    /// @return the rows in the same order
    List<FittedRow> tokenize(List<RenderedRow> rows) {
        List<FittedRow> fitted = new ArrayList<>(rows.size());
        String prompt = "";
        int[] promptIds = withStart(new int[0]);
        Map<String, int[]> known = new HashMap<>();
        for (RenderedRow row : rows) {
            if (!row.prompt().equals(prompt)) {
                prompt = row.prompt();
                promptIds = withStart(tokenizer.encode(prompt));
                known.clear();
            }
            List<int[]> responses = new ArrayList<>(row.responses().size());
            for (String response : row.responses()) {
                responses.add(known.computeIfAbsent(response, text -> withoutEnd(tokenizer.encode(text))));
            }
            fitted.add(FittedRow.fit(promptIds, bosPrefix.length, responses, tokenizer.eosId(), truncation));
        }
        return fitted;
    }

    /// @return what stands before a text without a prompt: the start tokens, else the end token
    int[] start() {
        return bosPrefix.length > 0 ? bosPrefix.clone() : new int[] {tokenizer.eosId()};
    }

    /// Chat templates often write the start token themselves; it is not doubled.
    private int[] withStart(int[] prompt) {
        if (prompt.length == 0) {
            return start();
        }
        if (prompt.length >= bosPrefix.length
                && Arrays.equals(prompt, 0, bosPrefix.length, bosPrefix, 0, bosPrefix.length)) {
            return prompt;
        }
        int[] whole = Arrays.copyOf(bosPrefix, bosPrefix.length + prompt.length);
        System.arraycopy(prompt, 0, whole, bosPrefix.length, prompt.length);
        return whole;
    }

    /// Removes end tokens that the text itself ends with, and white space after them, which chat
    /// templates write. The one end token is added when the row is fitted.
    private int[] withoutEnd(int[] response) {
        int length = response.length;
        for (int i = length - 1; i >= 0; i--) {
            if (response[i] == tokenizer.eosId()) {
                length = i;
            } else if (!isBlank(response[i])) {
                break;
            }
        }
        return length == response.length ? response : Arrays.copyOf(response, length);
    }

    /// Asked for the last token of every response, and only the native library knows.
    private boolean isBlank(int id) {
        Boolean known = blank.get(id);
        if (known == null) {
            known = tokenizer.decode(new int[] {id}).isBlank();
            blank.set(id, known);
        }
        return known;
    }
}
