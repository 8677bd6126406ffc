package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.Numbers;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.TokenizedPair;
import org.betatron.data.TokenizedText;
import org.betatron.testkit.GradientChecker;
import org.betatron.testkit.TinyLanguageModel;
import org.junit.jupiter.api.Test;

/// The gradient that reaches the model is that of the loss of the whole optimizer batch.
class RuleGradientTest {

    /// Log-probabilities and derivatives pass the border in single precision.
    private static final double TOLERANCE = 1e-6;

    private static final int[] ROWS = IntStream.range(0, 8).toArray();

    private final TinyLanguageModel model = Fixtures.model();

    @Test
    void preferenceGradientHoldsBetaAndSelectionFixed() {
        List<TokenizedPair> pairs = Fixtures.pairs(8, 5);
        PreferenceRule rule = Fixtures.preference(AlignmentSpec.DEFAULT, pairs, 8);
        double loss = backward(rule);

        PackedBatch batch = new MicroBatches(pairs, 8).pack(ROWS).getFirst();
        BatchLogProbs logProbs = new MicroBatches(pairs, 8).score(model, ROWS, VocabularyRequest.NONE);
        PairLogProbs joined =
                new PreferenceBatch(rule.alignment().inputs(), pairs, rule.reference(), logProbs).quantities(false);
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
    void supervisedGradientIsThatOfTheMeanOverTokens() {
        List<TokenizedText> texts = Fixtures.texts(8, 5);
        double loss = backward(new SupervisedRule(texts));
        PackedBatch batch = new MicroBatches(texts, 8).pack(ROWS).getFirst();
        assertThat(meanLoss(batch, model.weights())).isCloseTo(loss, within(TOLERANCE));
        GradientChecker.assertGradient(
                weights -> meanLoss(batch, weights), model.weights(), model.gradient(), TOLERANCE);
    }

    /// @return the loss of the decision whose gradient the model has now
    private double backward(LearningRule rule) {
        try (BatchPass pass = new BatchPass(model, new MicroBatches(rule.rows(), 3), ROWS, rule.request(), 0)) {
            StepDecision decision = rule.decide(1, pass.forward(), AlignmentState.START);
            pass.backward(decision);
            return decision.loss();
        }
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
