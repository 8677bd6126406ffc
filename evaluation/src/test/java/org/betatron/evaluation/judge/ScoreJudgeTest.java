package org.betatron.evaluation.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScoreJudgeTest {

    private static final String PROMPT = "where is the kettle ?";

    @Test
    void worldPrefersTheHigherReward() {
        Map<Integer, Verdict> verdicts = new TreeMap<>();
        ScoreJudge.ofWorld()
                .judge(
                        List.of(
                                new Comparison(PROMPT, "the kettle is by the door .", "i do not know ."),
                                new Comparison(PROMPT, "kettle kettle", "the kettle is by the door ."),
                                new Comparison(PROMPT, "", "i do not know .")),
                        verdicts::put);
        assertThat(verdicts)
                .containsExactly(
                        Map.entry(0, Verdict.scored(Outcome.WIN, 2, 0)),
                        Map.entry(1, Verdict.scored(Outcome.LOSS, -1, 2)),
                        Map.entry(2, Verdict.scored(Outcome.TIE, 0, 0)));
    }

    @Test
    void differencesUpToTheMarginAreTies() {
        ScoreJudge judge = new ScoreJudge("length", ScoreJudgeTest::lengths, 2);
        Map<Integer, Verdict> verdicts = new TreeMap<>();
        judge.judge(
                List.of(new Comparison("", "abc", "a"), new Comparison("", "abcd", "a"), new Comparison("", "", "abc")),
                verdicts::put);
        assertThat(verdicts.values())
                .extracting(Verdict::outcome)
                .containsExactly(Outcome.TIE, Outcome.WIN, Outcome.LOSS);
        assertThatThrownBy(() -> new ScoreJudge("x", ScoreJudgeTest::lengths, Double.NaN))
                .hasMessage("tieMargin must be ≥ 0 but was NaN");
    }

    @Test
    void answerThatCannotBeScoredIsUndecided() {
        ScoreJudge judge = new ScoreJudge("length", ScoreJudgeTest::lengths, 0);
        Map<Integer, Verdict> verdicts = new TreeMap<>();
        judge.judge(List.of(new Comparison("", "too long", "a"), new Comparison("", "a", "too long")), verdicts::put);
        assertThat(verdicts).isEmpty();
    }

    private static double[] lengths(List<String> prompts, List<String> answers) {
        return answers.stream()
                .mapToDouble(answer -> answer.equals("too long") ? Double.NaN : answer.length())
                .toArray();
    }

    @Test
    void worldRefusesOtherPromptsBeforehand() {
        assertThatThrownBy(() -> ScoreJudge.ofWorld()
                        .check(new JudgingPlan(List.of(PROMPT, "who is the president ?"), List.of(), 2, 10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the reward of the controlled world is known for its own questions only, such as"
                        + " 'where is the kettle ?', but the prompt was 'who is the president ?'");
    }
}
