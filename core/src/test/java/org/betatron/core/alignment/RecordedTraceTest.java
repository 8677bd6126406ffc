package org.betatron.core.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.betatron.core.PairSamples;
import org.betatron.core.Recorded;
import org.betatron.core.alignment.GapSpec.GapSource;
import org.betatron.core.alignment.GapSpec.Scope;
import org.betatron.core.alignment.GapSpec.UpdateOrder;
import org.betatron.core.calibration.CalibrationInputs;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.selection.Selection;
import org.betatron.core.statistics.Moments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Whole steps of beta-DPO against a plain transcription of the published code, with its selections.
class RecordedTraceTest {

    private static final JsonNode FILE = Recorded.read("beta_dpo_trace.json");
    private static final Offset<Double> CLOSE = within(1e-10);

    @ParameterizedTest
    @CsvSource({"two_steps, raw", "two_steps, bias_corrected", "ten_steps, raw", "ten_steps, bias_corrected"})
    void followsTheTrace(String name, String statistics) {
        JsonNode steps = trace(name, statistics);
        Queue<double[]> selections = new ArrayDeque<>();
        for (JsonNode step : steps) {
            selections.add(weights(Recorded.doubles(step, "gaps").length, Recorded.ints(step, "selected")));
        }
        Alignment alignment = publishedCode(statistics.equals("bias_corrected"), selections);

        AlignmentState running = AlignmentState.START;
        int stepNumber = 0;
        for (JsonNode step : steps) {
            String where = name + " " + statistics + " step " + ++stepNumber;
            double[] gaps = Recorded.doubles(step, "gaps");
            AlignmentDecision decision =
                    alignment.decide(PairSamples.ofMargins(gaps), gaps.length, running, new SplittableRandom(0));
            running = decision.state();

            assertThat(running.gaps().meanAverage()).as(where).isCloseTo(Recorded.number(step, "gap_mean"), CLOSE);
            assertThat(running.gaps().deviationAverage()).as(where).isCloseTo(Recorded.number(step, "gap_std"), CLOSE);
            assertThat(decision.gapMean()).as(where).isCloseTo(Recorded.number(step, "used_mean"), CLOSE);
            assertThat(decision.gapDeviation()).as(where).isCloseTo(Recorded.number(step, "used_std"), CLOSE);
            assertThat(decision.effectiveBeta()).as(where).isCloseTo(Recorded.number(step, "beta"), CLOSE);
            assertThat(decision.clampedShare())
                    .as(where)
                    .isEqualTo(Recorded.number(step, "beta_unclamped") < 1e-3 ? 1 : 0);
            assertThat(decision.loss()).as(where).isCloseTo(Recorded.number(step, "loss"), CLOSE);

            double[] losses = Recorded.doubles(step, "losses");
            double[] derivatives = Recorded.doubles(step, "d_gap");
            for (int i = 0; i < gaps.length; i++) {
                assertThat(decision.beta(i)).as(where).isCloseTo(Recorded.number(step, "beta"), CLOSE);
                assertThat(decision.pairLoss(i)).as(where).isCloseTo(losses[i], CLOSE);
                assertThat(decision.chosenDerivative(i)).as(where).isCloseTo(derivatives[i], CLOSE);
                assertThat(decision.rejectedDerivative(i)).as(where).isCloseTo(-derivatives[i], CLOSE);
            }

            double[] perPair = new CalibrationSpec.Instance(0.6, 0.01, Double.MAX_VALUE)
                    .create()
                    .calibrate(CalibrationInputs.of(
                            0.1,
                            PairSamples.ofMargins(gaps),
                            gaps,
                            new double[gaps.length],
                            new Moments(decision.gapMean(), decision.gapDeviation(), 0)))
                    .betas();
            assertThat(perPair).as(where).containsExactly(Recorded.doubles(step, "per_pair_beta"), CLOSE);
        }
    }

    /// The same two steps as noted down by hand from another program, to eight decimals. The deviation
    /// of the corrected second step is 0.87090972 / 0.19.
    @Test
    void followsTheNotedSteps() {
        PairLogProbs first = PairSamples.ofMargins(4, -2, .5, -12, 7, 1, 3, -1);
        PairLogProbs second = PairSamples.ofMargins(-6, -3, -9, 2, -4, -8, -5, -1);
        for (boolean corrected : new boolean[] {false, true}) {
            Queue<double[]> selections = new ArrayDeque<>();
            selections.add(weights(8, 0, 1, 2, 5, 6, 7));
            selections.add(weights(8, 0, 1, 3, 4, 6, 7));
            Alignment alignment = publishedCode(corrected, selections);
            AlignmentDecision one = alignment.decide(first, 8, AlignmentState.START, new SplittableRandom(0));
            AlignmentDecision two = alignment.decide(second, 8, one.state(), new SplittableRandom(0));
            if (corrected) {
                assertThat(one.gapMean()).isCloseTo(.0625, within(1e-8));
                assertThat(one.gapDeviation()).isCloseTo(5.65961571, within(1e-8));
                assertThat(two.gapMean()).isCloseTo(-2.20723684, within(1e-8));
                assertThat(two.gapDeviation()).isCloseTo(4.58373537, within(1e-8));
            } else {
                assertThat(one.gapMean()).isCloseTo(.00625, within(1e-8));
                assertThat(one.gapDeviation()).isCloseTo(.56596157, within(1e-8));
                assertThat(one.effectiveBeta()).isCloseTo(.154625, within(1e-8));
                assertThat(one.loss()).isCloseTo(.63767065, within(1e-8));
                assertThat(one.keptFraction()).isEqualTo(0.75);
                double[] derivatives = {-.00902295, -.01486210, -.01238756, 0, 0, -.01189119, -.00994927, -.01387964};
                for (int i = 0; i < 8; i++) {
                    assertThat(one.chosenDerivative(i)).isCloseTo(derivatives[i], within(1e-8));
                }
                assertThat(two.gapMean()).isCloseTo(-.419375, within(1e-8));
                assertThat(two.gapDeviation()).isCloseTo(.87090972, within(1e-8));
                assertThat(two.effectiveBeta()).isEqualTo(.001);
                assertThat(two.clampedShare()).isEqualTo(1);
            }
        }
    }

    /// As [AlignmentSpec#PUBLISHED_CODE], with given selections instead of drawn ones.
    private static Alignment publishedCode(boolean biasCorrected, Queue<double[]> selections) {
        AlignmentSpec spec = AlignmentSpec.PUBLISHED_CODE;
        Selection recorded = new GivenSelection(selections::remove);
        return new Alignment(
                spec.objective().create(),
                spec.objective().beta(),
                spec.calibration().create(),
                recorded,
                spec.aggregation().create(),
                new GapSpec(GapSource.MARGIN, 0.9, biasCorrected, UpdateOrder.BEFORE_USE, Scope.MICRO_BATCH));
    }

    private static double[] weights(int size, int... selected) {
        double[] weights = new double[size];
        Arrays.stream(selected).forEach(i -> weights[i] = 1);
        return weights;
    }

    private static JsonNode trace(String name, String statistics) {
        for (JsonNode trace : FILE.required("traces")) {
            if (trace.required("name").asString().equals(name)
                    && trace.required("statistics").asString().equals(statistics)) {
                return trace.required("steps");
            }
        }
        throw new IllegalArgumentException(name + " " + statistics);
    }
}
