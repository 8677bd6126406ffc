package org.betatron.training.online;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.data.row.TokenizedText;
import org.betatron.training.RowLabels;

/// What prompts look like to a model, as a part of a run's identity.
final class PromptKey {

    /// Answers are what a run makes.
    private static final int[] NO_ANSWER = {0};

    private PromptKey() {}

    static String of(Prompts prompts) {
        List<TokenizedText> rows = IntStream.range(0, prompts.size())
                .mapToObj(i -> new TokenizedText(
                        prompts.names().get(i), prompts.tokenIds().get(i), NO_ANSWER))
                .toList();
        return RowLabels.digest(rows);
    }
}
