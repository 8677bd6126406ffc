package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.betatron.core.Numbers;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.MismatchedAnswers;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.testkit.GradientChecker;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.reference.Reference;
import org.betatron.training.supervised.SupervisedRule;
import org.junit.jupiter.api.Test;

/// The gradient that reaches the model is that of the loss of the whole optimizer batch.
class RuleGradientTest {

    /// Log-probabilities and derivatives pass the border in single precision.
    private static final double TOLERANCE = 1e-6;

    private final TinyLanguageModel model = Fixtures.model();

    @Test
    void preferenceGradientHoldsBetaAndSelectionFixed() {
        List<TokenizedPair> pairs = Fixtures.pairs(8, 5);
        PreferenceRule rule = Fixtures.preference(AlignmentSpec.DEFAULT, pairs, 8);
        double loss = backward(rule);

        PackedBatch batch = Fixtures.packed(pairs);
        BatchNumbers logProbs = RowBatch.of(pairs, Packing.ofTokens(1000)).score(model);
        PairLogProbs joined = rule.quantities(new MeasuredRows<>(pairs, logProbs));
        AlignmentDecision decision =
                rule.alignment().decide(joined, 8, AlignmentState.START, RandomStreams.stream(7, "selection", 1));
        // 0.8 of 8 pairs are kept, and the batch is judged by a beta of its own: both must be
        // constants.
        assertThat(decision.keptFraction()).isEqualTo(0.75);
        assertThat(decision.effectiveBeta()).isNotEqualTo(0.1);
        assertThat(dpoLoss(batch, model.weights(), joined, decision)).isCloseTo(loss, within(TOLERANCE));
        GradientChecker.assertGradient(
                weights -> dpoLoss(batch, weights, joined, decision), model.weights(), model.gradient(), TOLERANCE);
    }

    @Test
    void tailsOfLengthDesensitisedDpoWeighLess() {
        List<TokenizedPair> pairs = Fixtures.pairs(8, 5);
        AlignmentSpec spec = Fixtures.dpo(new ObjectiveSpec.LdDpo(0.1, 0.25, true));
        double loss = backward(Fixtures.preference(spec, pairs, 8));
        PackedBatch batch = Fixtures.packed(pairs);
        double[] reference = Fixtures.referenceModel()
                .logProbs(batch, Fixtures.referenceModel().weights());
        assertThat(lengthDesensitisedLoss(batch, model.weights(), reference)).isCloseTo(loss, within(TOLERANCE));
        GradientChecker.assertGradient(
                weights -> lengthDesensitisedLoss(batch, weights, reference),
                model.weights(),
                model.gradient(),
                TOLERANCE);
    }

    /// Tokens beyond the shorter response count a quarter, under policy and reference alike.
    private double lengthDesensitisedLoss(PackedBatch batch, double[] weights, double[] reference) {
        double[] logProbs = model.logProbs(batch, weights);
        double loss = 0;
        for (int i = 0; i < batch.numGroups(); i++) {
            int shorter = Math.min(batch.responseLength(2 * i), batch.responseLength(2 * i + 1));
            double margin = 0;
            for (int response = 2 * i; response <= 2 * i + 1; response++) {
                for (int t = 0; t < batch.responseLength(response); t++) {
                    int token = batch.logProbOffset(response) + t;
                    double sign = response == 2 * i ? 1 : -1;
                    margin += sign * (t < shorter ? 1 : 0.25) * (logProbs[token] - reference[token]);
                }
            }
            loss += Numbers.softplus(-0.1 * margin) / batch.numGroups();
        }
        return loss;
    }

    /// `-sum_v q_v log p_v` is the divergence up to a constant, so its gradient is one of log-probabilities.
    @Test
    void divergencesOfTokenLevelDpoReachTheWeights() {
        List<TokenizedPair> pairs = Fixtures.pairs(8, 5);
        TinyLanguageModel reference = Fixtures.referenceModel();
        Alignment alignment = Fixtures.dpo(new ObjectiveSpec.Tdpo1(0.1)).create();
        double loss =
                backward(new PreferenceRule(alignment, Fixtures.fixed(pairs), new Reference.Live(reference), 8, 7));
        PackedBatch batch = Fixtures.packed(pairs);
        assertThat(tokenLevelLoss(batch, model.weights(), reference)).isCloseTo(loss, within(TOLERANCE));
        GradientChecker.assertGradient(
                weights -> tokenLevelLoss(batch, weights, reference), model.weights(), model.gradient(), TOLERANCE);
    }

    private double tokenLevelLoss(PackedBatch batch, double[] weights, TinyLanguageModel reference) {
        double[] logProbs = model.logProbs(batch, weights);
        double[] referenceLogProbs = reference.logProbs(batch, reference.weights());
        double[] divergences = model.divergences(batch, weights, reference);
        double loss = 0;
        for (int i = 0; i < batch.numGroups(); i++) {
            double margin = 0;
            for (int response = 2 * i; response <= 2 * i + 1; response++) {
                double sign = response == 2 * i ? 1 : -1;
                margin += sign
                        * (sum(batch, logProbs, response)
                                - sum(batch, referenceLogProbs, response)
                                + sum(batch, divergences, response));
            }
            loss += Numbers.softplus(-0.1 * margin) / batch.numGroups();
        }
        return loss;
    }

    /// Each answer against the mean log-ratio of mismatched ones, which is a constant.
    @Test
    void ktoLearnsFromAnswersAgainstAMeasuredBaseline() {
        List<TokenizedAnswer> answers = MismatchedAnswers.assign(Fixtures.answers(8, 5), 40, 3);
        Alignment alignment = Fixtures.dpo(ObjectiveSpec.Kto.DEFAULT).create();
        TinyLanguageModel other = Fixtures.referenceModel();
        double loss = backward(
                new PreferenceRule(alignment, Fixtures.fixed(answers), Fixtures.reference(other, answers), 8, 7));
        PackedBatch batch = Fixtures.packed(answers);
        double[] reference = other.logProbs(batch, other.weights());
        double[] now = model.logProbs(batch, model.weights());
        double mean = 0;
        for (int i = 0; i < 8; i++) {
            mean += (sum(batch, now, 2 * i + 1) - sum(batch, reference, 2 * i + 1)) / 8;
        }
        double baseline = Math.max(0, mean);
        ToDoubleFunction<double[]> kto = weights -> {
            double[] logProbs = model.logProbs(batch, weights);
            double sum = 0;
            for (int i = 0; i < 8; i++) {
                double score = sum(batch, logProbs, 2 * i) - sum(batch, reference, 2 * i) - baseline;
                sum += 1 - Numbers.sigmoid((answers.get(i).desirable() ? 0.1 : -0.1) * score);
            }
            return sum / 8;
        };
        assertThat(kto.applyAsDouble(model.weights())).isCloseTo(loss, within(TOLERANCE));
        GradientChecker.assertGradient(kto, model.weights(), model.gradient(), TOLERANCE);
    }

    @Test
    void supervisedGradientIsThatOfTheMeanOverTokens() {
        List<TokenizedText> texts = Fixtures.texts(8, 5);
        double loss = backward(new SupervisedRule(Fixtures.fixed(texts)));
        PackedBatch batch = Fixtures.packed(texts);
        assertThat(meanLoss(batch, model.weights())).isCloseTo(loss, within(TOLERANCE));
        GradientChecker.assertGradient(
                weights -> meanLoss(batch, weights), model.weights(), model.gradient(), TOLERANCE);
    }

    /// @return the loss of the decision whose gradient the model has now
    private <R extends TokenizedRow, Q, S> double backward(LearningRule<R, Q, S> rule) {
        return Lessons.of(BatchPass.TWICE, rule, model, new Packing(3, 1000, true))
                .decision()
                .loss();
    }

    private double meanLoss(PackedBatch batch, double[] weights) {
        double sum = 0;
        for (double logProb : model.logProbs(batch, weights)) {
            sum -= logProb;
        }
        return sum / batch.numResponseTokens();
    }

    /// DPO written out: mean over kept pairs of softplus(-beta * margin).
    private double dpoLoss(PackedBatch batch, double[] weights, PairLogProbs pairs, AlignmentDecision decision) {
        double[] logProbs = model.logProbs(batch, weights);
        double loss = 0;
        double kept = 0;
        for (int i = 0; i < pairs.size(); i++) {
            double margin = sum(batch, logProbs, 2 * i)
                    - pairs.chosen().get(ResponseQuantity.REFERENCE, i)
                    - sum(batch, logProbs, 2 * i + 1)
                    + pairs.rejected().get(ResponseQuantity.REFERENCE, i);
            loss += decision.weight(i) * Numbers.softplus(-decision.beta(i) * margin);
            kept += decision.weight(i);
        }
        return loss / kept;
    }

    private static double sum(PackedBatch batch, double[] logProbs, int response) {
        double sum = 0;
        for (int t = 0; t < batch.responseLength(response); t++) {
            sum += logProbs[batch.logProbOffset(response) + t];
        }
        return sum;
    }
}
