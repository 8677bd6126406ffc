package org.betatron.evaluation.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.JudgeException;
import org.betatron.evaluation.judge.JudgingPlan;
import org.betatron.evaluation.judge.Outcome;
import org.betatron.evaluation.judge.Verdict;
import org.betatron.evaluation.judge.VerdictListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeRewardsTest {

    /// Says what a table says, in any order.
    private static final class TableJudge implements Judge {

        private final Map<Comparison, Outcome> table = new HashMap<>();
        private final List<Comparison> asked = new ArrayList<>();
        private final List<JudgingPlan> plans = new ArrayList<>();
        private boolean hasGivenUp;

        @Override
        public String identity() {
            return "table";
        }

        @Override
        public void check(JudgingPlan plan) {
            plans.add(plan);
        }

        @Override
        public void judge(List<Comparison> comparisons, VerdictListener listener) {
            asked.addAll(comparisons);
            for (int i = comparisons.size() - 1; i >= 0; i--) {
                if (hasGivenUp) {
                    throw new JudgeException("nobody is there");
                }
                Outcome outcome = table.get(comparisons.get(i));
                if (outcome != null) {
                    listener.judged(i, Verdict.explained(outcome, List.of()));
                } else if (i % 2 == 0) {
                    listener.undecided(i, "no idea", List.of());
                }
            }
        }
    }

    private static AnswerGroup group(String prompt, List<String> answers) {
        return new AnswerGroup(
                new RewardPrompt(prompt, prompt),
                answers.stream().map(text -> new WrittenText(text, true, 1)).toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void rewardIsTheMeanShareOfWinsOverThoseThatWereDecided(long seed) {
        Random random = new Random(seed);
        TableJudge judge = new TableJudge();
        List<AnswerGroup> groups = new ArrayList<>();
        List<double[][]> wins = new ArrayList<>();
        for (int g = 0; g < 3; g++) {
            int size = 2 + random.nextInt(5);
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                answers.add("answer " + (random.nextInt(4) == 0 ? 0 : i));
            }
            double[][] win = new double[size][size];
            for (int i = 0; i < size; i++) {
                for (int j = i + 1; j < size; j++) {
                    Comparison pair = new Comparison("p" + g, answers.get(i), answers.get(j));
                    Comparison turned = new Comparison("p" + g, answers.get(j), answers.get(i));
                    if (answers.get(i).equals(answers.get(j))) {
                        win[i][j] = 0.5;
                    } else if (judge.table.containsKey(pair)) {
                        win[i][j] = judge.table.get(pair).value();
                    } else if (judge.table.containsKey(turned) || random.nextInt(4) == 0) {
                        win[i][j] = Double.NaN;
                    } else {
                        Outcome outcome =
                                List.of(Outcome.WIN, Outcome.TIE, Outcome.LOSS).get(random.nextInt(3));
                        judge.table.put(pair, outcome);
                        win[i][j] = outcome.value();
                    }
                    win[j][i] = 1 - win[i][j];
                }
            }
            groups.add(group("p" + g, answers));
            wins.add(win);
        }
        JudgeRewards rewards = new JudgeRewards(judge);
        double[][] scores = rewards.rewards(groups);
        List<WinRates> rates = rewards.winRates(groups);
        for (int g = 0; g < groups.size(); g++) {
            int size = groups.get(g).answers().size();
            for (int i = 0; i < size; i++) {
                double sum = 0;
                int decided = 0;
                for (int j = 0; j < size; j++) {
                    double known = rates.get(g).of(i, j);
                    if (i == j) {
                        assertThat(known).isEqualTo(0.5);
                    } else if (!Double.isNaN(known)) {
                        // Where texts come twice, the table may know a pair in one order only.
                        sum += known;
                        decided++;
                        assertThat(rates.get(g).of(j, i)).isCloseTo(1 - known, within(1e-15));
                        if (!Double.isNaN(wins.get(g)[i][j])) {
                            assertThat(known).isEqualTo(wins.get(g)[i][j]);
                        }
                    } else {
                        assertThat(wins.get(g)[i][j]).isNaN();
                    }
                }
                if (decided == 0) {
                    assertThat(scores[g][i]).isNaN();
                } else {
                    assertThat(scores[g][i]).isCloseTo(sum / decided, within(1e-12));
                }
            }
        }
    }

    @Test
    void everyPairIsAskedForOnceAndEqualTextsNever() {
        TableJudge judge = new TableJudge();
        JudgeRewards rewards = new JudgeRewards(judge);
        double[][] scores = rewards.rewards(List.of(group("p", List.of("a", "b", "a")), group("q", List.of("c", "c"))));
        assertThat(judge.asked).containsExactly(new Comparison("p", "a", "b"), new Comparison("p", "b", "a"));
        // Nothing was decided but that equal texts tie.
        assertThat(scores[0]).containsExactly(0.5, Double.NaN, 0.5);
        assertThat(scores[1]).containsExactly(0.5, 0.5);
        assertThat(rewards.account())
                .containsExactly(
                        "1 of 2 comparisons stayed without a verdict: no idea",
                        "1 of 2 comparisons stayed without a verdict: the judge gave no verdict");
    }

    @Test
    void aGroupOfOneIsRefused() {
        JudgeRewards rewards = new JudgeRewards(new TableJudge());
        String refused = "a judge compares the answers to a prompt with each other, so there must be at least 2 of each"
                + " prompt, but there was 1";
        assertThatThrownBy(() -> rewards.check(new RewardPlan(List.of(new RewardPrompt("p", "p")), 1, 3, 9)))
                .hasMessage(refused);
        assertThatThrownBy(() -> rewards.rewards(List.of(group("p", List.of("a")))))
                .hasMessage(refused);
    }

    @Test
    void theJudgeHearsOfTheWholeRun() {
        TableJudge judge = new TableJudge();
        List<RewardPrompt> prompts = List.of(new RewardPrompt("1", "p"), new RewardPrompt("2", "q"));
        new JudgeRewards(judge).check(new RewardPlan(prompts, 5, 7, 90));
        new JudgeRewards(judge).check(new RewardPlan(prompts, 1000, 1L << 40, 90));
        assertThat(judge.plans)
                .containsExactly(
                        new JudgingPlan(List.of("p", "q"), List.of(), 70, 90),
                        new JudgingPlan(List.of("p", "q"), List.of(), Integer.MAX_VALUE, 90));
    }

    @Test
    void aJudgeThatGivesUpEndsTheScoring() {
        TableJudge judge = new TableJudge();
        judge.hasGivenUp = true;
        assertThatThrownBy(() -> new JudgeRewards(judge).rewards(List.of(group("p", List.of("a", "b")))))
                .isInstanceOf(RewardException.class)
                .hasMessage("nobody is there");
    }

    @Test
    void scoresStandForRates() {
        Random random = new Random(9);
        double[] scores = random.doubles(6, -4, 4).toArray();
        scores[4] = Double.NaN;
        WinRates rates = WinRates.ofScores(scores);
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (i == j) {
                    assertThat(rates.of(i, j)).isEqualTo(0.5);
                } else if (i == 4 || j == 4) {
                    assertThat(rates.of(i, j)).isNaN();
                } else {
                    double odds = Math.exp(scores[i]) / Math.exp(scores[j]);
                    assertThat(rates.of(i, j)).isCloseTo(odds / (1 + odds), within(1e-12));
                }
            }
        }
        assertThat(rates.means()[4]).isNaN();
        assertThat(rates.size()).isEqualTo(6);
    }
}
