package org.betatron.evaluation.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.Numbers;
import org.betatron.core.RandomStreams;
import org.betatron.evaluation.judge.Outcome;
import org.betatron.evaluation.judge.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonReportTest {

    @Test
    void sharesAndMeans() {
        List<JudgedAnswer> answers = List.of(
                answer(0, Outcome.WIN, 10, 5),
                answer(0, Outcome.TIE, 20, 5),
                answer(1, Outcome.LOSS, 30, 5),
                answer(1, Outcome.WIN, 40, 5),
                answer(2, null, 50, 5));
        ComparisonReport report = ComparisonReport.of(0.7, answers, 1);
        assertThat(report.temperature()).isEqualTo(0.7);
        assertThat(report.prompts()).isEqualTo(3);
        assertThat(report.answers()).isEqualTo(4);
        assertThat(report.undecided()).isEqualTo(1);
        assertThat(report.win().value()).isEqualTo(0.5);
        assertThat(report.tie().value()).isEqualTo(0.25);
        assertThat(report.loss().value()).isEqualTo(0.25);
        assertThat(report.winRate().value()).isEqualTo(0.625);
        assertThat(report.tokens().value()).isEqualTo(30);
        assertThat(report.opponentTokens().value()).isEqualTo(5);
        assertThat(report.score().value()).isEqualTo(2);
        assertThat(report.kl().value()).isEqualTo(0.25);
    }

    @Test
    void nothingToCountIsNotANumber() {
        ComparisonReport report = ComparisonReport.of(0, List.of(answer(0, null, 3, 4)), 1);
        assertThat(report.winRate().value()).isNaN();
        assertThat(report.undecided()).isEqualTo(1);
        assertThat(report.tokens().value()).isEqualTo(3);
    }

    /// Of many samples the interval must hold the truth about 95 times of 100: 200 trials, so between 88 %
    /// and 100 % but for one chance in ten thousand.
    @Test
    void intervalsHoldTheTruth() {
        int held = 0;
        int trials = 200;
        for (int trial = 0; trial < trials; trial++) {
            RandomGenerator random = RandomStreams.stream(4, "trial", trial);
            List<JudgedAnswer> answers = new ArrayList<>();
            for (int prompt = 0; prompt < 60; prompt++) {
                // Answers to one prompt are alike: both win or both lose.
                Outcome outcome = random.nextDouble() < 0.7 ? Outcome.WIN : Outcome.LOSS;
                answers.add(answer(prompt, outcome, 5, 5));
                answers.add(answer(prompt, outcome, 5, 5));
            }
            Estimate winRate = new Bootstrap(answers, trial)
                    .estimate(list -> list.stream()
                            .mapToDouble(it -> it.verdict() == null
                                    ? 0
                                    : it.verdict().outcome().value())
                            .average()
                            .orElse(0));
            held += winRate.low() <= 0.7 && 0.7 <= winRate.high() ? 1 : 0;
        }
        assertThat(held / (double) trials).isBetween(0.88, 1.0);
    }

    /// Outcomes drawn from the very model: at equal lengths 0.6, longer answers win more often.
    @Test
    void lengthControlFindsTheWinRateAtEqualLengths() {
        RandomGenerator random = RandomStreams.stream(5, "lengths", 0);
        double theta = Math.log(0.6 / 0.4);
        List<JudgedAnswer> answers = new ArrayList<>();
        double[] differences = new double[20_000];
        double mean = 0;
        for (int i = 0; i < differences.length; i++) {
            differences[i] = Math.rint(20 + 15 * random.nextGaussian());
            mean += differences[i] / differences.length;
        }
        double variance = 0;
        for (double difference : differences) {
            variance += (difference - mean) * (difference - mean) / differences.length;
        }
        for (int i = 0; i < differences.length; i++) {
            double p = Numbers.sigmoid(theta + 1.5 * Math.tanh(differences[i] / Math.sqrt(variance)));
            answers.add(
                    answer(i, random.nextDouble() < p ? Outcome.WIN : Outcome.LOSS, 100 + (int) differences[i], 100));
        }
        double raw = answers.stream()
                .mapToDouble(
                        it -> it.verdict() == null ? 0 : it.verdict().outcome().value())
                .average()
                .orElse(0);
        assertThat(raw).isGreaterThan(0.78);
        // Standard error about 0.01, from the width of theta's likelihood at this size.
        assertThat(LengthControl.winRate(answers)).isCloseTo(0.6, within(0.03));
    }

    @Test
    void lengthControlWithoutDifferencesIsTheWinRate() {
        List<JudgedAnswer> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(answer(i, i < 80 ? Outcome.WIN : Outcome.LOSS, 7, 7));
        }
        assertThat(LengthControl.winRate(answers)).isCloseTo(0.8, within(1e-3));
    }

    @Test
    void lengthControlOfSeparableOutcomesIsFinite() {
        List<JudgedAnswer> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(answer(i, Outcome.WIN, 10 + i, 5));
        }
        assertThat(LengthControl.winRate(answers)).isBetween(0.9, 1.0);
    }

    private static JudgedAnswer answer(int prompt, @Nullable Outcome outcome, int tokens, int opponentTokens) {
        return new JudgedAnswer(
                prompt, outcome == null ? null : Verdict.scored(outcome, 2, 1), tokens, opponentTokens, 0.25);
    }
}
