package org.betatron.evaluation.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.betatron.evaluation.record.RunDirectories.writeOfOwnAnswers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import org.betatron.evaluation.record.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is found in runs that learn from answers of their own.
class OwnAnswersFindingsTest {

    private static final int STEPS = 60;

    /// The world has no weight to speak of: it only measures.
    private static final String MEASURED = "[{type: model, weight: 1.0}, {type: world, weight: 1.0e-9}]";

    @TempDir
    private Path root;

    private List<String> findings(String rewards, IntFunction<String> fields) throws IOException {
        Path directory = Files.createTempDirectory(root, "run");
        return of(writeOfOwnAnswers(directory, rewards, STEPS, fields));
    }

    private static List<String> of(Path directory) {
        return Findings.of(RunRecord.read(directory)).stream()
                .map(finding -> finding.kind() + " " + finding.text())
                .toList();
    }

    private List<String> findings(IntFunction<String> fields) throws IOException {
        return findings("[world]", fields);
    }

    private List<String> constant(String name, double value) throws IOException {
        return findings(_ -> "\"" + name + "\":" + value);
    }

    @Test
    void groupsThatAllScoreAlikeTeachNothing() throws IOException {
        assertThat(constant("train/rollout/flatGroups", 0.95))
                .singleElement()
                .asString()
                .startsWith("PROBLEM The answers to 95 % of the last prompts all have the same score");
        assertThat(constant("train/rollout/flatGroups", 0.6))
                .singleElement()
                .asString()
                .startsWith("NOTE The answers to 60 %");
        assertThat(constant("train/rollout/flatGroups", 0.3)).isEmpty();
    }

    @Test
    void answersThatBecomeTheSameAreNamed() throws IOException {
        // Means of the first and last ten of sixty, between 1 and 1/8.
        assertThat(findings(step -> "\"train/rollout/distinct\":" + (step <= 30 ? 0.9 : 0.2)))
                .singleElement()
                .asString()
                .startsWith("PROBLEM Answers have become the same: different ones are 20 % of the answers to a prompt,"
                        + " down from 90 %, where 13 % is one answer.");
        assertThat(findings(step -> "\"train/rollout/distinct\":" + (step <= 30 ? 0.9 : 0.5)))
                .isEmpty();
    }

    @Test
    void cutAndEmptyAnswersAreProblems() throws IOException {
        assertThat(constant("train/rollout/cut", 0.8))
                .singleElement()
                .asString()
                .startsWith("PROBLEM 80 % of the last answers are cut at rollout.maxNewTokens = 48");
        assertThat(constant("train/rollout/cut", 0.4)).isEmpty();
        assertThat(constant("train/rollout/empty", 0.9)).containsExactly("PROBLEM 90 % of the last answers are empty.");
    }

    @Test
    void answersWithoutAScoreAreCounted() throws IOException {
        assertThat(findings(step -> "\"train/rollout/unscored\":" + (step % 2 == 0 ? 0.1 : 0)))
                .singleElement()
                .asString()
                .startsWith("NOTE 5.0 % of all answers had no score");
        assertThat(constant("train/rollout/unscored", 0.5))
                .singleElement()
                .asString()
                .startsWith("PROBLEM 50.0 %");
        assertThat(constant("train/rollout/unscored", 0)).isEmpty();
    }

    @Test
    void clippedTokensAreNamedFromBothSides() throws IOException {
        assertThat(findings(_ -> "\"train/clipped/low\":0.25,\"train/clipped/high\":0.15"))
                .singleElement()
                .asString()
                .startsWith("PROBLEM 40 % of the tokens were clipped at the end (25 % had fallen too far, 15 % risen)");
        assertThat(findings(_ -> "\"train/clipped/low\":0.1,\"train/clipped/high\":0.1"))
                .isEmpty();
    }

    @Test
    void distanceOfTensOfNatsIsAProblem() throws IOException {
        assertThat(findings(step -> "\"train/rollout/kl\":" + (step <= 30 ? 5 : 45) + ",\"train/rollout/tokens\":15"))
                .singleElement()
                .asString()
                .startsWith("PROBLEM The policy is 45 nats per answer from the reference, 3.00 per token.");
        assertThat(findings(_ -> "\"train/rollout/kl\":7,\"train/rollout/tokens\":15"))
                .isEmpty();
    }

    @Test
    void collapsedEntropyIsNoted() throws IOException {
        assertThat(findings(step -> "\"train/entropy\":" + (step <= 30 ? 0.5 : 0.02)))
                .singleElement()
                .asString()
                .startsWith("NOTE Entropy fell from 0.500 to 0.0200 nats per token");
        assertThat(findings(step -> "\"train/entropy\":" + (step <= 30 ? 0.5 : 0.2)))
                .isEmpty();
    }

    @Test
    void decoderThatDisagreesIsAProblemInFloat32() throws IOException {
        IntFunction<String> once = step -> "\"train/decoder/largestDifference\":" + (step == 7 ? 0.05 : 1e-6);
        assertThat(findings(once))
                .singleElement()
                .asString()
                .startsWith("PROBLEM The decoder and a training pass disagree by up to 0.0500 nats");
        assertThat(constant("train/decoder/largestDifference", 2e-5)).isEmpty();

        Path coarse = writeOfOwnAnswers(root.resolve("coarse"), "[world]", STEPS, once);
        Path recipe = coarse.resolve("recipe.yaml");
        Files.writeString(recipe, Files.readString(recipe).replace("fp32", "bf16"));
        assertThat(of(coarse)).isEmpty();
    }

    @Test
    void scoreThatRisesFallsOrStaysIsSaid() throws IOException {
        // Means of the first and last ten: 0.55 and 5.55.
        assertThat(findings(step -> "\"train/rollout/score\":" + 0.1 * step))
                .containsExactly("EXPECTED The score of answers rose from 0.550 to 5.55.");
        assertThat(findings(step -> "\"train/rollout/score\":" + -0.1 * step))
                .containsExactly("PROBLEM The score of answers fell from -0.550 to -5.55: the learning rate is probably"
                        + " too high.");
        assertThat(findings(step -> "\"train/rollout/score\":" + (step % 2 == 0 ? 1 : -1)))
                .singleElement()
                .asString()
                .startsWith("NOTE The score of answers has not moved beyond its noise");
        assertThat(findings(step -> "\"train/rollout/score\":" + 0.1 * step
                        + (step % 30 == 0 ? ",\"eval/score\":" + 0.05 * step + ",\"eval/kl\":" + 0.1 * step : "")))
                .containsExactly("EXPECTED The score of answers rose from 0.550 to 5.55, on held-out prompts from 1.50"
                        + " to 3.00, 6.0 nats per answer from the reference.");
    }

    @Test
    void rewardHackingIsNamedWithTheGapThatGrows() throws IOException {
        // Lines 11 to 20 are the best ten of the world: a plateau at 2 from there, then down to -1 in the last ten.
        IntFunction<String> hacked =
                sources(step -> 0.1 * step, step -> step <= 10 ? 1 : step <= 20 ? 2 : step <= 50 ? 1 : -1);
        assertThat(findings(MEASURED, hacked))
                .contains("PROBLEM Reward hacking: since step 20 the score that is learned has risen from 1.55 to 5.55"
                        + " while world, which is only measured, has fallen from 2.00 to -1.00: the first minus the second"
                        + " has grown from -0.450 to 6.55. Stop there, raise what leaving the reference costs, or mend the"
                        + " reward.");
        assertThat(findings("[{type: model, weight: 1.0}, {type: world, weight: 0.5}]", hacked))
                .contains("NOTE Since step 20 the score has risen from 1.55 to 5.55 at the cost of one of its sources:"
                        + " world has fallen from 2.00 to -1.00.");
    }

    @Test
    void noHackingWhereBothRiseWhereNoneMovesOrWhereFallingIsRewarded() throws IOException {
        assertThat(findings(MEASURED, sources(step -> 0.1 * step, step -> 0.05 * step)))
                .noneMatch(text -> text.contains("hacking") || text.contains("at the cost"));
        // Noise has a best place, too.
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            assertThat(findings(MEASURED, sources(step -> 0.1 * step, _ -> random.nextGaussian())))
                    .as("seed " + seed)
                    .noneMatch(text -> text.contains("hacking"));
        }
        assertThat(findings(
                        "[{type: model, weight: 1.0}, {type: world, weight: -0.5}]",
                        sources(step -> 0.1 * step, step -> -0.1 * step)))
                .noneMatch(text -> text.contains("hacking") || text.contains("at the cost"));
        assertThat(findings(MEASURED, sources(step -> -0.1 * step, step -> -0.1 * step)))
                .noneMatch(text -> text.contains("hacking"));
    }

    @Test
    void sourcesOfOneTypeAreToldApartByTheirNumbers() throws IOException {
        assertThat(findings(
                        "[{type: length, weight: 1.0}, {type: length, weight: 1.0e-9}]",
                        step ->
                                "\"train/rollout/score\":%s,\"train/rollout/score/length\":%s,\"train/rollout/score/length-2\":%s"
                                        .formatted(0.1 * step, 0.1 * step, -0.1 * step)))
                .anyMatch(text -> text.startsWith("PROBLEM Reward hacking") && text.contains("length-2, which"));
    }

    private static IntFunction<String> sources(IntToDoubleFunction learned, IntToDoubleFunction world) {
        return step ->
                "\"train/rollout/score\":%1$s,\"train/rollout/score/model\":%1$s,\"train/rollout/score/world\":%2$s"
                        .formatted(learned.applyAsDouble(step), world.applyAsDouble(step));
    }

    /// Six rollouts of noise, each learned from ten times, are too few to say anything.
    @Test
    void linesOfOneRolloutCountOnce() throws IOException {
        Random random = new Random(1);
        double[] noise = random.doubles(2 * STEPS).toArray();
        assertThat(findings(MEASURED, sources(step -> noise[step / 10], step -> noise[STEPS + step / 10])))
                .isEmpty();
        Path twice = writeOfOwnAnswers(
                root.resolve("twice"),
                "[world]",
                STEPS,
                step -> "\"train/rollout/score\":" + 0.1 * Math.ceilDiv(step, 2));
        // Thirty rollouts: means of the first and last ten of 0.1, 0.2, ... 3.0.
        assertThat(of(twice)).containsExactly("EXPECTED The score of answers rose from 0.550 to 2.55.");
    }

    @Test
    void lossOfAnswersThatChangeIsNotComparedWithEarlierOnes() throws IOException {
        assertThat(findings(step -> "\"train/loss\":" + 0.01 * step)).isEmpty();
    }

    @Test
    void accuracyOfOwnPairsNeedsNoHeldOutOnes() throws IOException {
        assertThat(constant("train/accuracy", 0.7)).isEmpty();
    }
}
