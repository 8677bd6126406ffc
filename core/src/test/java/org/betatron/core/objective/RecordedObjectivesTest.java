package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.betatron.core.Recorded;
import org.betatron.core.RecordedBatches;
import org.betatron.core.aggregation.AggregatedLoss;
import org.betatron.core.aggregation.Aggregation;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.calibration.CalibratedBetas;
import org.betatron.core.calibration.CalibrationInputs;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.statistics.Moments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Batch losses and derivatives as TRL's own code computes them, or, where TRL has no such loss, as plain
/// PyTorch does from the definition. `source` in the file says which.
///
/// What had to be set up differently for the numbers to be the same, and so where TRL differs:
///
/// - `cdpo`, `ipo` on sums: TRL's DPO trainer has neither any more; its CPO trainer has both formulas, on
///   log-probabilities, and is fed with log-ratios.
/// - `simpo`, `referencefreedpo`, `slichf` without likelihood: CPO trainer with `cpo_alpha` 0, as its default
///   of 1 adds the likelihood; its gamma is `beta * targetMargin`.
/// - `bco`: TRL's `bco_pair` has no shift, so ours is evaluated with moments at zero. The shift is held
///   against the definition in [#bcoFollowsTheMeanOfEveryScoreSoFar]; this release has no BCO trainer.
/// - `wpo`: TRL does not clamp weights at 1 as the authors' code does. The clamped form is a definition.
/// - `lddpo`: TRL weighs the reference as well. The form that weighs the policy alone is a definition.
/// - `fdpo` with alpha: TRL's coefficient is `1 - alpha`, and its code runs in float32 only.
/// - `exo`, `orpo`: TRL takes the smoothing, and the odds, through float32.
/// - `rpo`, `cpo`, `nll`, `sum`: TRL's likelihood is a mean over all tokens of the batch: `batch-mean`.
/// - TRL's reward of AlphaPO is SimPO's where its alpha is 0; for another alpha there is no objective here.
class RecordedObjectivesTest {

    private static final JsonNode FILE = Recorded.read("objectives.json");
    private static final Aggregation MEAN = AggregationSpec.Mean.DEFAULT.create();

    /// Below this a largest number counts as this large: `1 - sigmoid`, as TRL writes it, has 16 digits of
    /// one and not of itself.
    private static final double SMALLEST_SCALE = 1e-6;

    static Stream<JsonNode> recorded() {
        return StreamSupport.stream(FILE.required("objectives").spliterator(), false);
    }

    @Test
    void everyObjectiveHasRecordedNumbers() {
        assertThat(recorded()
                        .<Class<?>>map(node ->
                                RecordedSpec.read(node.required("objective")).getClass()))
                .contains(ObjectiveSpec.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void agreesWithTheRecord(JsonNode node) {
        ObjectiveSpec spec = RecordedSpec.read(node.required("objective"));
        List<PairLogProbs> batches =
                RecordedBatches.read(FILE, node.required("rows").asString());
        for (int b = 0; b < batches.size(); b++) {
            PairLogProbs pairs = batches.get(b);
            ObjectiveValue value = spec.create().evaluate(pairs, all(pairs, spec.beta()), all(pairs, 1), moments(node));
            check(
                    node.required("name").asString() + ", batch " + b,
                    pairs,
                    value,
                    MEAN.aggregate(value.losses(), all(pairs, 1), pairs::numTokens),
                    node.required("values").required(b),
                    Recorded.number(node, "within"));
        }
    }

    /// What TRL's BCO trainer did while there was one: the mean over everything seen, this batch included.
    @Test
    void bcoFollowsTheMeanOfEveryScoreSoFar() {
        JsonNode node = FILE.required("bco_history");
        AlignmentSpec spec = with(new ObjectiveSpec.Bco(Recorded.number(node, "beta")), AggregationSpec.Mean.DEFAULT);
        checkSteps(spec, node);
    }

    @Test
    void drDpoAgreesWithTheDefinition() {
        JsonNode node = FILE.required("dr_dpo");
        checkSteps(
                with(
                        new ObjectiveSpec.Dpo(Recorded.number(node, "beta")),
                        new AggregationSpec.DrDpo(Recorded.number(node, "temperature"))),
                node);
    }

    @Test
    void perturbationAgreesWithTheDefinition() {
        JsonNode node = FILE.required("perturbation");
        double beta = Recorded.number(node, "beta");
        List<PairLogProbs> batches = RecordedBatches.read(FILE, "pairs");
        for (int b = 0; b < batches.size(); b++) {
            PairLogProbs pairs = batches.get(b);
            CalibratedBetas betas = new CalibrationSpec.Perturbation(Recorded.number(node, "epsilon"))
                    .create()
                    .calibrate(CalibrationInputs.of(
                            beta, pairs, new double[pairs.size()], all(pairs, 1), new Moments(0, 0, 0)));
            JsonNode expected = node.required("values").required(b);
            double[] recorded = Recorded.doubles(expected, "betas");
            for (int i = 0; i < recorded.length; i++) {
                assertThat(betas.betas()[i]).isCloseTo(recorded[i], within(1e-11));
            }
            assertThat(beta * betas.nextRatio()).isCloseTo(Recorded.number(expected, "next"), within(1e-11));
        }
    }

    /// Batch after batch through whole decisions, each leaving its state to the next.
    private static void checkSteps(AlignmentSpec spec, JsonNode node) {
        List<PairLogProbs> batches = RecordedBatches.read(FILE, "pairs");
        AlignmentState state = AlignmentState.START;
        for (int b = 0; b < batches.size(); b++) {
            PairLogProbs pairs = batches.get(b);
            AlignmentDecision decision = spec.create().decide(pairs, pairs.size(), state, new SplittableRandom(1));
            state = decision.state();
            JsonNode expected = node.required("values").required(b);
            assertThat(decision.loss())
                    .isCloseTo(Recorded.number(expected, "loss"), within(1e-9 * Recorded.number(expected, "loss")));
            compare(
                    "policy, batch " + b,
                    derivatives(expected, ResponseQuantity.POLICY, pairs.size()),
                    DoubleStream.concat(
                                    IntStream.range(0, pairs.size()).mapToDouble(decision::chosenDerivative),
                                    IntStream.range(0, pairs.size()).mapToDouble(decision::rejectedDerivative))
                            .toArray(),
                    1e-9);
        }
    }

    private static void check(
            String where,
            PairLogProbs pairs,
            ObjectiveValue value,
            AggregatedLoss loss,
            JsonNode expected,
            double tolerance) {
        double[] recordedLoss = {Recorded.number(expected, "loss")};
        compare(where + ", loss", recordedLoss, new double[] {loss.loss()}, tolerance);
        double[] factors = new double[pairs.size()];
        Arrays.setAll(factors, loss::factor);
        PairDerivatives derivatives = PairDerivatives.ofSize(pairs.size());
        value.pullBack(factors, derivatives);
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            if (quantity.isDifferentiable()) {
                compare(
                        where + ", " + quantity,
                        derivatives(expected, quantity, pairs.size()),
                        DoubleStream.concat(
                                        reached(derivatives.chosen(), quantity, pairs.chosen(), pairs.rejected()),
                                        reached(derivatives.rejected(), quantity, pairs.rejected(), pairs.chosen()))
                                .toArray(),
                        tolerance);
            }
        }
    }

    /// A response that is not the longer one of its pair has no tail, and so no token that a derivative by
    /// it could reach.
    private static DoubleStream reached(
            ResponseDerivatives derivatives, ResponseQuantity quantity, ResponseLogProbs side, ResponseLogProbs other) {
        return IntStream.range(0, side.size())
                .mapToDouble(i -> quantity == ResponseQuantity.POLICY_TAIL && side.length(i) <= other.length(i)
                        ? 0
                        : derivatives.get(quantity, i));
    }

    /// @return recorded derivatives of both sides, chosen first; zeros where the record has none
    private static double[] derivatives(JsonNode expected, ResponseQuantity quantity, int size) {
        String name = RecordedBatches.spelling(quantity);
        return Stream.of("chosen", "rejected")
                .map(expected::required)
                .flatMapToDouble(
                        side -> Arrays.stream(side.has(name) ? Recorded.doubles(side, name) : new double[size]))
                .toArray();
    }

    /// Numbers of one kind, relative to the largest of them.
    private static void compare(String where, double[] expected, double[] actual, double tolerance) {
        assertThat(actual).as(where).hasSameSizeAs(expected);
        double scale = Math.max(
                SMALLEST_SCALE, Arrays.stream(expected).map(Math::abs).max().orElse(0));
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("%s [%d]", where, i).isCloseTo(expected[i], within(tolerance * scale));
        }
    }

    private static Moments moments(JsonNode node) {
        if (!node.has("moments")) {
            return new Moments(0, 0, 0);
        }
        JsonNode moments = node.required("moments");
        return new Moments(
                Recorded.number(moments, "mean"),
                Recorded.number(moments, "deviation"),
                Recorded.number(moments, "populationMean"));
    }

    private static AlignmentSpec with(ObjectiveSpec objective, AggregationSpec aggregation) {
        AlignmentSpec plain = AlignmentSpec.DPO;
        return new AlignmentSpec(objective, plain.calibration(), plain.selection(), aggregation, plain.gap());
    }

    private static double[] all(PairLogProbs pairs, double value) {
        double[] values = new double[pairs.size()];
        Arrays.fill(values, value);
        return values;
    }
}
