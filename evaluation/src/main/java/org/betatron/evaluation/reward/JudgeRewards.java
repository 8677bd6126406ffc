package org.betatron.evaluation.reward;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.JudgeException;
import org.betatron.evaluation.judge.JudgingPlan;
import org.betatron.evaluation.judge.Verdict;
import org.betatron.evaluation.judge.VerdictListener;

/// A judge of pairs as a source: every answer of a group is compared with every other, once.
///
/// ```text
/// reward_i = mean over decided j != i of P(i beats j), in [0, 1]: a win 1, a tie 1/2, a loss 0
/// ```
///
/// A group of G answers takes G (G - 1) / 2 comparisons. Answers of the same text tie without
/// being asked about. Comparisons that the judge leaves undecided are left out; an answer without
/// any verdict cannot be scored. A group of one has nobody to be compared with and is refused.
///
/// For one thread at a time.
public final class JudgeRewards implements PreferenceSource {

    private final Judge judge;
    private final Map<String, Integer> undecided = new LinkedHashMap<>();
    private long numAsked;

    /// @param judge says which of two answers is better
    public JudgeRewards(Judge judge) {
        this.judge = judge;
    }

    @Override
    public String identity() {
        return "wins by " + judge.identity();
    }

    @Override
    public void check(RewardPlan plan) {
        requireTwo(plan.answersPerPrompt());
        try {
            judge.check(new JudgingPlan(
                    plan.prompts().stream().map(RewardPrompt::text).toList(),
                    List.of(),
                    (int) Math.min(Integer.MAX_VALUE, plan.groups() * numComparisons(plan.answersPerPrompt())),
                    plan.maxAnswerTokens()));
        } catch (JudgeException e) {
            throw new RewardException(String.valueOf(e.getMessage()), e);
        }
    }

    private static long numComparisons(int answers) {
        return answers * (answers - 1L) / 2;
    }

    private static void requireTwo(int answers) {
        if (answers < 2) {
            throw new IllegalArgumentException("a judge compares the answers to a prompt with each other, so there must"
                    + " be at least 2 of each prompt, but there was " + answers);
        }
    }

    @Override
    public double[][] rewards(List<AnswerGroup> groups) {
        return winRates(groups).stream().map(WinRates::means).toArray(double[][]::new);
    }

    /// A pair of answers of a group.
    private record Pair(WinRates rates, int first, int second) {}

    /// P(i beats j) is 1, 1/2 or 0 as the judge says, NaN where it does not.
    @Override
    public List<WinRates> winRates(List<AnswerGroup> groups) {
        List<WinRates> all = new ArrayList<>();
        List<Pair> pairs = new ArrayList<>();
        List<Comparison> comparisons = new ArrayList<>();
        for (AnswerGroup group : groups) {
            List<String> texts = group.answers().stream().map(WrittenText::text).toList();
            requireTwo(texts.size());
            WinRates rates = WinRates.unknown(texts.size());
            all.add(rates);
            for (int i = 0; i < texts.size(); i++) {
                for (int j = i + 1; j < texts.size(); j++) {
                    if (texts.get(i).equals(texts.get(j))) {
                        rates.set(i, j, 0.5);
                    } else {
                        pairs.add(new Pair(rates, i, j));
                        comparisons.add(new Comparison(group.prompt().text(), texts.get(i), texts.get(j)));
                    }
                }
            }
        }
        ask(comparisons, pairs);
        return all;
    }

    private void ask(List<Comparison> comparisons, List<Pair> pairs) {
        if (comparisons.isEmpty()) {
            return;
        }
        Notes notes = new Notes(pairs);
        try {
            judge.judge(comparisons, notes);
        } catch (JudgeException e) {
            throw new RewardException(String.valueOf(e.getMessage()), e);
        }
        numAsked += comparisons.size();
        for (int i = 0; i < pairs.size(); i++) {
            if (!notes.heard[i]) {
                notes.undecided(i, "the judge gave no verdict", List.of());
            }
        }
    }

    /// Writes verdicts down as they come.
    private final class Notes implements VerdictListener {

        private final List<Pair> pairs;
        private final boolean[] heard;

        Notes(List<Pair> pairs) {
            this.pairs = pairs;
            heard = new boolean[pairs.size()];
        }

        @Override
        public void judged(int index, Verdict verdict) {
            heard[index] = true;
            Pair pair = pairs.get(index);
            pair.rates().set(pair.first(), pair.second(), verdict.outcome().value());
        }

        @Override
        public void undecided(int index, String why, List<String> replies) {
            heard[index] = true;
            undecided.merge(why, 1, Integer::sum);
        }
    }

    @Override
    public List<String> account() {
        List<String> lines = new ArrayList<>(judge.account());
        undecided.forEach(
                (why, count) -> lines.add(count + " of " + numAsked + " comparisons stayed without a verdict: " + why));
        return lines;
    }
}
