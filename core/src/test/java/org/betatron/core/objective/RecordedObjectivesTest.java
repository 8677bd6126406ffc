package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.betatron.core.PairSamples;
import org.betatron.core.Recorded;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.statistics.RunningGapStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Losses and derivatives that others computed.
class RecordedObjectivesTest {

    private static final JsonNode FILE = Recorded.read("objectives.json");

    /// Loss, d chosen and d rejected at two points, from float64 autograd in PyTorch, to eight decimals.
    ///
    /// A: policy (-40, -52), reference (-42, -50), 10 and 13 tokens: margin 4.
    /// B: policy (-43.5, -49.5), otherwise the same: margin -2.
    @ParameterizedTest
    @CsvSource({
        "dpo,         0.51301525, -0.04013123, 0.04013123,  0.79813887, -0.05498340, 0.05498340",
        "cdpo,        0.55301525, -0.03013123, 0.03013123,  0.77813887, -0.04498340, 0.04498340",
        "ipo_sum,     1.00000000, -2.00000000, 2.00000000, 49.00000000, -14.0000000, 14.0000000",
        "ipo_average, 21.58674556, -0.92923077, 0.71479290, 26.92013314, -1.03769231, 0.79822485",
        "simpo,       0.97407698, -0.12449187, 0.09576297,  1.77111705, -0.16597144, 0.12767033",
    })
    void agreesAtTheKnownPoints(
            String name,
            double lossA,
            double chosenA,
            double rejectedA,
            double lossB,
            double chosenB,
            double rejectedB) {
        PairLogProbs pairs = new PairLogProbs(
                new double[] {-40, -43.5},
                new double[] {-52, -49.5},
                new double[] {-42, -42},
                new double[] {-50, -50},
                new int[] {10, 10},
                new int[] {13, 13});
        ObjectiveSpec spec = spec(name);
        ObjectiveValue value = spec.create().evaluate(pairs, new double[] {spec.beta(), spec.beta()});
        assertThat(new double[] {
                    value.loss(0), value.chosenDerivative(0), value.rejectedDerivative(0),
                    value.loss(1), value.chosenDerivative(1), value.rejectedDerivative(1)
                })
                .containsExactly(new double[] {lossA, chosenA, rejectedA, lossB, chosenB, rejectedB}, within(1e-7));
    }

    /// Margins (4, -2, 0.5, -12) at beta 0.1 and temperature 1: float64 autograd in PyTorch.
    @Test
    void drDpoAgreesAtTheKnownPoint() {
        AlignmentDecision decision = drDpo(0.1, 1.0, PairSamples.ofMargins(4, -2, 0.5, -12));
        assertThat(decision.loss()).isCloseTo(0.80250106, within(1e-7));
        double[] derivatives = {-0.01340123, -0.01380594, -0.01393575, -0.00992257};
        for (int i = 0; i < derivatives.length; i++) {
            assertThat(decision.chosenDerivative(i)).isCloseTo(derivatives[i], within(1e-7));
            assertThat(decision.rejectedDerivative(i)).isCloseTo(-derivatives[i], within(1e-7));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dpo", "cdpo", "ipo_sum", "ipo_average", "simpo"})
    void agreesWithTrl(String name) {
        ObjectiveSpec spec = spec(name);
        Objective objective = spec.create();
        List<JsonNode> batches = batches();
        for (int b = 0; b < batches.size(); b++) {
            PairLogProbs pairs = pairs(batches.get(b));
            double[] betas = new double[pairs.size()];
            Arrays.fill(betas, spec.beta());
            ObjectiveValue value = objective.evaluate(pairs, betas);

            JsonNode recorded = batches.get(b).required(name);
            double[] losses = Recorded.doubles(recorded, "loss");
            double[] chosen = Recorded.doubles(recorded, "d_chosen");
            double[] rejected = Recorded.doubles(recorded, "d_rejected");
            assertThat(losses).hasSize(pairs.size());
            for (int i = 0; i < pairs.size(); i++) {
                String where = "batch " + b + " pair " + i;
                assertThat(value.loss(i)).as(where).isCloseTo(losses[i], near(losses[i]));
                assertThat(value.chosenDerivative(i)).as(where).isCloseTo(chosen[i], near(chosen[i]));
                assertThat(value.rejectedDerivative(i)).as(where).isCloseTo(rejected[i], near(rejected[i]));
            }
        }
    }

    @Test
    void drDpoAgreesWithAutograd() {
        JsonNode parameters = FILE.required("objectives").required("dr_dpo").required("parameters");
        List<JsonNode> batches = batches();
        for (int b = 0; b < batches.size(); b++) {
            AlignmentDecision decision = drDpo(
                    Recorded.number(parameters, "beta"),
                    Recorded.number(parameters, "beta_prime"),
                    pairs(batches.get(b)));
            JsonNode recorded = batches.get(b).required("dr_dpo");
            double[] chosen = Recorded.doubles(recorded, "d_chosen");
            double[] rejected = Recorded.doubles(recorded, "d_rejected");
            double loss = Recorded.number(recorded, "loss");
            assertThat(decision.loss()).as("batch %d", b).isCloseTo(loss, near(loss));
            for (int i = 0; i < chosen.length; i++) {
                String where = "batch " + b + " pair " + i;
                assertThat(decision.chosenDerivative(i)).as(where).isCloseTo(chosen[i], near(chosen[i]));
                assertThat(decision.rejectedDerivative(i)).as(where).isCloseTo(rejected[i], near(rejected[i]));
            }
        }
    }

    /// The record has 12 significant digits.
    private static Offset<Double> near(double expected) {
        return within(1e-10 * (1 + Math.abs(expected)));
    }

    private static AlignmentDecision drDpo(double beta, double temperature, PairLogProbs pairs) {
        AlignmentSpec spec = new AlignmentSpec(
                new ObjectiveSpec.Dpo(beta),
                AlignmentSpec.DPO.calibration(),
                AlignmentSpec.DPO.selection(),
                new AggregationSpec.DrDpo(temperature),
                AlignmentSpec.DPO.gap());
        return spec.create().decide(pairs, pairs.size(), RunningGapStatistics.EMPTY, new SplittableRandom(1));
    }

    /// The objective with the parameters that the record names.
    private static ObjectiveSpec spec(String name) {
        JsonNode parameters = FILE.required("objectives").required(name).required("parameters");
        return switch (name) {
            case "dpo" -> new ObjectiveSpec.Dpo(Recorded.number(parameters, "beta"));
            case "cdpo" ->
                new ObjectiveSpec.Cdpo(
                        Recorded.number(parameters, "beta"), Recorded.number(parameters, "label_smoothing"));
            case "ipo_sum" -> new ObjectiveSpec.Ipo(Recorded.number(parameters, "tau"), false);
            case "ipo_average" -> new ObjectiveSpec.Ipo(Recorded.number(parameters, "tau"), true);
            case "simpo" -> {
                double beta = Recorded.number(parameters, "beta");
                yield new ObjectiveSpec.SimPo(beta, Recorded.number(parameters, "gamma") / beta);
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static List<JsonNode> batches() {
        List<JsonNode> batches = new ArrayList<>();
        FILE.required("batches").forEach(batches::add);
        assertThat(batches).hasSize(40);
        return batches;
    }

    private static PairLogProbs pairs(JsonNode batch) {
        return new PairLogProbs(
                Recorded.doubles(batch, "chosen"),
                Recorded.doubles(batch, "rejected"),
                Recorded.doubles(batch, "reference_chosen"),
                Recorded.doubles(batch, "reference_rejected"),
                Recorded.ints(batch, "chosen_tokens"),
                Recorded.ints(batch, "rejected_tokens"));
    }
}
