package org.betatron.data.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.data.row.Truncation;
import org.betatron.data.tokenizer.TextTokens;

/// A row as token ids within the limits of a [Truncation], and what was cut to get there.
final class FittedRow {

    private final int[] prompt;
    private final List<int[]> responses;
    private final int promptTokensCut;
    private final List<Integer> responseTokensCut;

    private FittedRow(int[] prompt, List<int[]> responses, int promptTokensCut, List<Integer> responseTokensCut) {
        this.prompt = prompt;
        this.responses = responses;
        this.promptTokensCut = promptTokensCut;
        this.responseTokensCut = responseTokensCut;
    }

    /// @param prompt    as [TextTokens#prompt] makes it; a cut keeps the start tokens
    /// @param responses as [TextTokens#answer] makes them, each at least one token
    /// @param tokens    which tokens start and end a text
    static FittedRow fit(int[] prompt, List<int[]> responses, TextTokens tokens, Truncation truncation) {
        int longest = responses.stream().mapToInt(ids -> ids.length).max().orElse(0) + 1;
        int[] keptPrompt =
                prompt.length + longest > truncation.maxTokens() && prompt.length > truncation.maxPromptTokens()
                        ? cutPrompt(prompt, tokens.numStartTokens(), truncation)
                        : prompt;
        int room = truncation.maxTokens() - keptPrompt.length;
        List<int[]> keptResponses = new ArrayList<>();
        List<Integer> responseTokensCut = new ArrayList<>();
        for (int[] response : responses) {
            boolean fits = response.length + 1 <= room;
            // With room for one token, a token of the text says more than the end of nothing.
            boolean ends = fits || (truncation.eosAfterCut() && room > 1);
            int textTokens = fits ? response.length : ends ? room - 1 : room;
            int[] kept = Arrays.copyOf(response, Math.min(textTokens, response.length) + (ends ? 1 : 0));
            if (ends) {
                kept[kept.length - 1] = tokens.eosId();
            }
            keptResponses.add(kept);
            responseTokensCut.add(response.length + 1 - kept.length);
        }
        return new FittedRow(keptPrompt, keptResponses, prompt.length - keptPrompt.length, responseTokensCut);
    }

    static FittedRow uncut(int[] prompt, int[] response) {
        return new FittedRow(prompt, List.of(response), 0, List.of(0));
    }

    private static int[] cutPrompt(int[] prompt, int bosLength, Truncation truncation) {
        int length = truncation.maxPromptTokens();
        return switch (truncation.keep()) {
            case START -> Arrays.copyOf(prompt, length);
            case END -> {
                int[] kept = Arrays.copyOf(prompt, length);
                int tail = length - bosLength;
                System.arraycopy(prompt, prompt.length - tail, kept, bosLength, tail);
                yield kept;
            }
        };
    }

    int[] prompt() {
        return prompt;
    }

    /// @return token ids of each response, at least one each
    List<int[]> responses() {
        return responses;
    }

    int promptTokensCut() {
        return promptTokensCut;
    }

    /// @return for each response how many of its tokens are missing, the end token among them; a
    ///     cut response that ends with the end token misses only text
    List<Integer> responseTokensCut() {
        return responseTokensCut;
    }
}
