package org.betatron.data.row;

/// How rows that are too long are cut, as in the reference code of DPO: only if the prompt and its
/// longer response exceed `maxTokens`, the prompt is cut to `maxPromptTokens`; then each response
/// that is still too long is cut at its end. A response is never cut to nothing.
///
/// Source: `tokenize_batch_element` of eric-mitchell/direct-preference-optimization. Differs from
/// it: a response may use all that its prompt left (`maxTokens - prompt`), where the reference
/// code always cuts to `maxTokens - maxPromptTokens`.
///
/// @param maxTokens       most tokens of a prompt and one response, at least 2
/// @param maxPromptTokens most tokens of a prompt that is cut, at least 1, less than `maxTokens`
/// @param keep            which side of a prompt that is cut survives
/// @param eosAfterCut     whether a response that was cut ends with the end token all the same. It
///     then teaches to stop in the middle of a sentence, which is why the default is false.
public record Truncation(int maxTokens, int maxPromptTokens, Keep keep, boolean eosAfterCut) {

    /// Which side of a prompt survives a cut.
    public enum Keep {
        /// The end, where the question to answer is. What the tokenizer puts first stays.
        END,
        /// The beginning.
        START
    }

    public Truncation {
        if (maxTokens < 2) {
            throw new IllegalArgumentException("maxTokens must be at least 2 but was " + maxTokens);
        }
        if (maxPromptTokens < 1 || maxPromptTokens >= maxTokens) {
            throw new IllegalArgumentException("maxPromptTokens must be at least 1 and less than maxTokens ("
                    + maxTokens + ") but was " + maxPromptTokens);
        }
    }

    /// Keeps the end of prompts, and no end token after a cut.
    public static Truncation to(int maxTokens, int maxPromptTokens) {
        return new Truncation(maxTokens, maxPromptTokens, Keep.END, false);
    }
}
