package org.betatron.evaluation;

import java.util.Arrays;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.Tokenizer;

/// Continues a prompt with the most probable token at each place.
///
/// @param model        borrowed
/// @param tokenizer    of that model, borrowed
/// @param maxNewTokens most tokens to write, ≥ 1
public record GreedyGenerator(LanguageModel model, Tokenizer tokenizer, int maxNewTokens) {

    public GreedyGenerator {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens must be at least 1 but was " + maxNewTokens);
        }
    }

    /// @param prompt text to continue; an empty one starts from the tokenizer's first token
    /// @return what the model writes, without the prompt and without the token that ends it
    /// @throws IllegalArgumentException if the prompt leaves no room in the model's positions
    public String complete(String prompt) {
        return tokenizer.decode(completeIds(promptIds(prompt)));
    }

    /// @param prompt token ids, at least one
    /// @return token ids of the continuation, without the one that ends it
    public int[] completeIds(int[] prompt) {
        int room = Math.min(maxNewTokens, model.maxPositions() - prompt.length);
        if (room < 1) {
            throw new IllegalArgumentException(
                    "the prompt has " + prompt.length + " tokens, which leaves no room in the model's "
                            + model.maxPositions() + " positions; shorten it");
        }
        int[] stopIds = tokenizer.stopIds();
        int[] written = new int[room];
        int count = 0;
        try (Decoder decoder = model.startDecoding()) {
            float[] logits = decoder.append(prompt);
            while (true) {
                int next = mostProbable(logits);
                if (Arrays.stream(stopIds).anyMatch(stop -> stop == next)) {
                    break;
                }
                written[count++] = next;
                if (count == room) {
                    break;
                }
                logits = decoder.append(next);
            }
        }
        return Arrays.copyOf(written, count);
    }

    private int[] promptIds(String prompt) {
        int[] prefix = tokenizer.bosPrefix();
        int[] text = tokenizer.encode(prompt);
        if (prefix.length + text.length == 0) {
            return new int[] {tokenizer.eosId()};
        }
        int[] ids = Arrays.copyOf(prefix, prefix.length + text.length);
        System.arraycopy(text, 0, ids, prefix.length, text.length);
        return ids;
    }

    private static int mostProbable(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            if (logits[token] > logits[best]) {
                best = token;
            }
        }
        return best;
    }
}
