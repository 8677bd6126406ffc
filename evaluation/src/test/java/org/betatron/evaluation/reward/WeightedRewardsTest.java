package org.betatron.evaluation.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedRewardsTest {

    private static AnswerGroup group(String id, String... answers) {
        return new AnswerGroup(
                new RewardPrompt(id, "prompt of " + id),
                List.of(answers).stream()
                        .map(text -> new WrittenText(text, true, text.length()))
                        .toList());
    }

    /// A source that gives what it is told to.
    private static RewardSource fixed(Function<List<AnswerGroup>, double[][]> scores) {
        return new RewardSource() {
            @Override
            public String identity() {
                return "fixed";
            }

            @Override
            public double[][] rewards(List<AnswerGroup> groups) {
                return scores.apply(groups);
            }
        };
    }

    private static WeightedRewards one(RewardSource source) {
        return new WeightedRewards(List.of(new WeightedRewards.Part("it", 1, source)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isTheSumOfWeightsTimesScores(long seed) {
        Random random = new Random(seed);
        List<AnswerGroup> groups = new ArrayList<>();
        for (int g = 0; g < 1 + random.nextInt(4); g++) {
            groups.add(group("p" + g, words(random)));
        }
        int numSources = 1 + random.nextInt(3);
        List<double[][]> scores = new ArrayList<>();
        List<WeightedRewards.Part> parts = new ArrayList<>();
        for (int s = 0; s < numSources; s++) {
            double[][] given = groups.stream()
                    .map(group -> group.answers().stream()
                            .mapToDouble(_ -> random.nextInt(6) == 0 ? Double.NaN : random.nextGaussian())
                            .toArray())
                    .toArray(double[][]::new);
            scores.add(given);
            parts.add(new WeightedRewards.Part("s" + s, random.nextGaussian() * 3, fixed(_ -> given)));
        }
        GroupRewards rewards = new WeightedRewards(parts).rewards(groups);
        int unscored = 0;
        for (int g = 0; g < groups.size(); g++) {
            assertThat(rewards.numAnswers(g)).isEqualTo(groups.get(g).answers().size());
            for (int a = 0; a < rewards.numAnswers(g); a++) {
                double sum = 0;
                boolean isScored = true;
                for (int s = 0; s < numSources; s++) {
                    assertThat(rewards.score(s, g, a)).isEqualTo(Double.valueOf(scores.get(s)[g][a]));
                    isScored &= !Double.isNaN(scores.get(s)[g][a]);
                    sum += parts.get(s).weight() * scores.get(s)[g][a];
                }
                unscored += isScored ? 0 : 1;
                assertThat(rewards.isScored(g, a)).isEqualTo(isScored);
                if (isScored) {
                    assertThat(rewards.total(g, a)).isCloseTo(sum, within(1e-12));
                } else {
                    assertThat(rewards.total(g, a)).isNaN();
                }
            }
        }
        assertThat(rewards.numGroups()).isEqualTo(groups.size());
        assertThat(rewards.numUnscored()).isEqualTo(unscored);
    }

    private static String[] words(Random random) {
        String[] words = new String[1 + random.nextInt(5)];
        for (int i = 0; i < words.length; i++) {
            words[i] = "w".repeat(1 + random.nextInt(9));
        }
        return words;
    }

    @Test
    void countsWhatEachSourceCannotScore() {
        WeightedRewards sum = new WeightedRewards(List.of(
                new WeightedRewards.Part("a", 1, fixed(_ -> new double[][] {{1, Double.NaN, 3}})),
                new WeightedRewards.Part("b", 2, fixed(_ -> new double[][] {{Double.NaN, Double.NaN, 3}}))));
        GroupRewards rewards = sum.rewards(List.of(group("p", "x", "y", "z")));
        assertThat(rewards.names()).containsExactly("a", "b");
        assertThat(rewards.numUnscored()).isEqualTo(2);
        assertThat(rewards.numUnscored(0)).isEqualTo(1);
        assertThat(rewards.numUnscored(1)).isEqualTo(2);
        assertThat(rewards.totals(0)).containsExactly(Double.NaN, Double.NaN, 9);
    }

    @Test
    void whatIsNoScoreIsNamed() {
        List<AnswerGroup> groups = List.of(group("p", "x"), group("q", "y", "z"));
        assertThatThrownBy(() -> one(fixed(_ -> new double[][] {{1}})).rewards(groups))
                .isInstanceOf(RewardException.class)
                .hasMessage("reward it scored 1 groups of answers but was given 2, those of prompt \"p\" and 1 more");
        assertThatThrownBy(() -> one(fixed(_ -> new double[][] {{1}, {1}})).rewards(groups))
                .hasMessage("reward it gave 1 scores for the 2 answers to prompt \"q\"");
        assertThatThrownBy(() -> one(fixed(_ -> new double[][] {{1}, {1, Double.NEGATIVE_INFINITY}}))
                        .rewards(groups))
                .hasMessage("reward it gave -Infinity to answer 2 of 2 to prompt \"q\": a score must be finite, or NaN"
                        + " for an answer that cannot be scored");
        assertThatThrownBy(() -> new WeightedRewards(List.of(new WeightedRewards.Part("big", 1e308, fixed(_ ->
                                new double[][] {{10}, {0, 0}}))))
                        .rewards(groups))
                .hasMessage("the weighted sum of rewards of answer 1 to prompt \"p\" is beyond all numbers: weights or"
                        + " scores are too large");
    }

    @Test
    void aSourceThatFailsHalfWayIsNamed() {
        int[] calls = {0};
        WeightedRewards failing = one(RewardFunction.source("f", (_, answer) -> {
            if (++calls[0] == 3) {
                throw new IllegalStateException("out of luck", new IllegalArgumentException("no more of it"));
            }
            return answer.numTokens();
        }));
        List<AnswerGroup> groups = List.of(group("p", "x"), group("q", "y", "z"));
        assertThatThrownBy(() -> failing.rewards(groups))
                .isInstanceOf(RewardException.class)
                .hasMessage("reward it failed on the answers to prompt \"p\" and 1 more: IllegalStateException: no more"
                        + " of it");
        // The next step may do.
        assertThat(failing.rewards(groups).numUnscored()).isZero();
        assertThatThrownBy(() -> one(fixed(_ -> {
                            throw new RewardException("gave up");
                        }))
                        .rewards(groups))
                .hasMessage("reward it: gave up");
    }

    @Test
    void aFunctionSeesPromptAndAnswer() {
        RewardSource source = RewardFunction.source(
                "sees",
                (prompt, answer) -> prompt.text().length()
                        + 100 * answer.numTokens()
                        + (answer.ended() ? 10_000 : 0)
                        + (prompt.expected().equals(Optional.of("y")) ? 100_000 : 0));
        AnswerGroup group = new AnswerGroup(
                new RewardPrompt("a", "12345", Optional.of("y")),
                List.of(new WrittenText("x", true, 7), new WrittenText("x", false, 8)));
        assertThat(source.rewards(List.of(group))).isDeepEqualTo(new double[][] {{110_705, 100_805}});
        assertThat(source.identity()).isEqualTo("sees");
        assertThatThrownBy(() -> RewardFunction.source(" ", (_, _) -> 0)).hasMessageContaining("identity");
    }

    @Test
    void refusalsOfPromptsNameSourceAndPrompt() {
        RewardFunction picky = new RewardFunction() {
            @Override
            public double score(RewardPrompt prompt, WrittenText answer) {
                return 0;
            }

            @Override
            public void check(RewardPrompt prompt) {
                if (prompt.text().isEmpty()) {
                    throw new IllegalArgumentException("must not be empty");
                }
            }
        };
        WeightedRewards sum = one(RewardFunction.source("picky", picky));
        assertThatThrownBy(() -> sum.check(
                        new RewardPlan(List.of(new RewardPrompt("a", "x"), new RewardPrompt("b", "")), 2, 1, 5)))
                .hasMessage("reward it: prompt \"b\": must not be empty");
    }

    @Test
    void worldKnowsItsQuestionsOnly() {
        WeightedRewards world = one(ScorerRewards.ofWorld());
        RewardPrompt known = new RewardPrompt("a", "where is the kettle ?");
        world.check(new RewardPlan(List.of(known), 1, 1, 5));
        assertThat(world.rewards(List.of(new AnswerGroup(
                                known,
                                List.of(
                                        new WrittenText("the kettle is by the door .", true, 7),
                                        new WrittenText("", true, 1)))))
                        .totals(0))
                .containsExactly(2, 0);
        assertThatThrownBy(() -> world.check(new RewardPlan(List.of(known, new RewardPrompt("b", "Who?")), 1, 1, 5)))
                .hasMessageStartingWith("reward it: prompt \"b\": ");
        assertThatThrownBy(() -> world.rewards(List.of(group("b", "x"))))
                .hasMessageStartingWith("reward it failed on the answers to prompt \"b\": IllegalArgumentException: ");
    }

    @Test
    void weightsAndNamesAreChecked() {
        RewardSource source = fixed(_ -> new double[0][]);
        for (double weight : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new WeightedRewards.Part("it", weight, source))
                    .hasMessage("the weight of reward it must be finite and not 0 but was " + weight);
        }
        WeightedRewards.Part part = new WeightedRewards.Part("it", -1, source);
        assertThatThrownBy(() -> new WeightedRewards(List.of(part, part)))
                .hasMessage("two sources of rewards are called it");
        assertThatThrownBy(() -> new WeightedRewards(List.of())).hasMessageContaining("at least one");
        assertThat(new WeightedRewards(List.of(part)).identity()).isEqualTo("-1.0 * fixed");
        assertThat(new WeightedRewards(List.of(part)).rewards(List.of()).numGroups())
                .isZero();
    }

    @Test
    void everySourceIsClosedAlsoBehindOneThatFails() {
        List<String> closed = new ArrayList<>();
        List<WeightedRewards.Part> parts = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            parts.add(new WeightedRewards.Part(name, 1, new RewardSource() {
                @Override
                public String identity() {
                    return name;
                }

                @Override
                public double[][] rewards(List<AnswerGroup> groups) {
                    return new double[groups.size()][];
                }

                @Override
                public void close() {
                    closed.add(name);
                    if (!name.equals("c")) {
                        throw new IllegalStateException(name);
                    }
                }
            }));
        }
        WeightedRewards sum = new WeightedRewards(parts);
        assertThatThrownBy(sum::close)
                .hasMessage("a")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("a", "b", "c");
    }

    @Test
    void groupsAndLengthsAreChecked() {
        assertThatThrownBy(() -> group("p")).hasMessage("prompt \"p\" must have an answer to be scored");
        assertThatThrownBy(() -> new WrittenText("", true, -1)).hasMessage("numTokens must be ≥ 0 but was -1");
        assertThatThrownBy(() -> new RewardPlan(List.of(), 0, 1, 1)).hasMessageContaining("answersPerPrompt");
    }
}
