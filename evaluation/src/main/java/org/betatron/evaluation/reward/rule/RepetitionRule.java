package org.betatron.evaluation.reward.rule;

import static org.betatron.core.Numbers.require;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WrittenText;

/// Punishes repetition: minus the share of sequences of some words that the answer has had before.
///
/// ```text
/// reward = distinct / all - 1, in (-1, 0], over the sequences of `words` words; 0 where there is none
/// ```
///
/// Source: the repetition penalty of Open-R1, after "Demystifying Long Chain-of-Thought Reasoning"
/// (arXiv 2502.03373), with a largest penalty of 1.
///
/// @param words of a sequence, ≥ 1; words stand between white space
public record RepetitionRule(int words) implements Rule {

    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    public RepetitionRule {
        require("words", words >= 1, "≥ 1", words);
    }

    @Override
    public String identity() {
        return "repetition of " + words + " words";
    }

    @Override
    public double score(RewardPrompt prompt, WrittenText answer) {
        List<String> all = SPACE.splitAsStream(answer.text())
                .filter(word -> !word.isEmpty())
                .toList();
        int count = all.size() - words + 1;
        if (count < 1) {
            return 0;
        }
        Set<List<String>> distinct = new HashSet<>();
        for (int i = 0; i < count; i++) {
            distinct.add(all.subList(i, i + words));
        }
        return (double) distinct.size() / count - 1;
    }
}
