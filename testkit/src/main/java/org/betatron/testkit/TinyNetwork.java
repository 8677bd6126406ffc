package org.betatron.testkit;

import java.util.Map;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;

/// The mathematics of [TinyLanguageModel] as pure functions of a flat weight vector, in double
/// precision.
///
/// ```text
/// h      = E[previous token] + mean over prompt tokens p of P[p]        hidden state, [width]
/// logits = W h + b                                                      [vocabulary]
/// logp   = logits[target] - log sum exp logits
///
/// weights = | E [vocabulary, width] | P [vocabulary, width] | W [vocabulary, width] | b [vocabulary] |
/// ```
///
/// @param vocabularySize number of token ids, ≥ 2
/// @param width          length of the hidden state, ≥ 1
record TinyNetwork(int vocabularySize, int width) {

    int numWeights() {
        return vocabularySize * (3 * width + 1);
    }

    /// @return log-probability of every response token, `[batch.numResponseTokens()]`, nats
    double[] logProbs(PackedBatch batch, double[] weights) {
        double[] logProbs = new double[batch.numResponseTokens()];
        forEachToken(batch, (index, group, previous, target) -> {
            double[] logits = logits(hidden(batch, group, previous, weights), weights);
            logProbs[index] = logits[target] - TinyVocabulary.logSumExp(logits);
        });
        return logProbs;
    }

    /// @return logits at every response token, `[batch.numResponseTokens() * vocabulary]`
    double[] allLogits(PackedBatch batch, double[] weights) {
        double[] all = new double[batch.numResponseTokens() * vocabularySize];
        forEachToken(batch, (index, group, previous, target) -> {
            double[] logits = logits(hidden(batch, group, previous, weights), weights);
            System.arraycopy(logits, 0, all, index * vocabularySize, vocabularySize);
        });
        return all;
    }

    /// Adds `sum_q sum_t derivatives[q][t] * d q[t] / d weights` to `gradient`, token after token,
    /// so that cutting a batch into consecutive parts does not change a single bit of the sum.
    ///
    /// @param referenceLogits logits of the reference at every response token; empty where no quantity needs them
    void addGradient(
            PackedBatch batch,
            double[] weights,
            Map<TokenQuantity, float[]> derivatives,
            double[] referenceLogits,
            double[] gradient) {
        TinyVocabulary vocabulary = new TinyVocabulary(vocabularySize, 0);
        forEachToken(batch, (index, group, previous, target) -> {
            double[] logits = logits(hidden(batch, group, previous, weights), weights);
            double[] logitGradient = new double[vocabularySize];
            derivatives.forEach((quantity, ofTokens) -> {
                if (ofTokens[index] != 0) {
                    vocabulary.addGradient(
                            quantity, logits, referenceLogits, index, target, ofTokens[index], logitGradient);
                }
            });
            addTokenGradient(batch, weights, group, previous, logitGradient, gradient);
        });
    }

    /// @return logits of the token that follows `previous` in an answer to `prompt`, `[vocabulary]`
    double[] nextLogits(int[] prompt, int previous, double[] weights) {
        PackedBatch batch = PackedBatch.builder().add(prompt, new int[] {0}).build();
        return logits(hidden(batch, 0, previous, weights), weights);
    }

    private void addTokenGradient(
            PackedBatch batch, double[] weights, int group, int previous, double[] logitGradient, double[] gradient) {
        double[] hidden = hidden(batch, group, previous, weights);
        double[] hiddenGradient = new double[width];
        for (int v = 0; v < vocabularySize; v++) {
            gradient[biasStart() + v] += logitGradient[v];
            for (int k = 0; k < width; k++) {
                gradient[outputStart() + v * width + k] += logitGradient[v] * hidden[k];
                hiddenGradient[k] += logitGradient[v] * weights[outputStart() + v * width + k];
            }
        }
        int promptLength = batch.promptLength(group);
        for (int k = 0; k < width; k++) {
            gradient[previous * width + k] += hiddenGradient[k];
            for (int p = 0; p < promptLength; p++) {
                int token = batch.tokenIds()[batch.promptStart(group) + p];
                gradient[promptTableStart() + token * width + k] += hiddenGradient[k] / promptLength;
            }
        }
    }

    private double[] hidden(PackedBatch batch, int group, int previous, double[] weights) {
        double[] hidden = new double[width];
        int promptLength = batch.promptLength(group);
        for (int k = 0; k < width; k++) {
            double sum = 0;
            for (int p = 0; p < promptLength; p++) {
                int token = batch.tokenIds()[batch.promptStart(group) + p];
                sum += weights[promptTableStart() + token * width + k];
            }
            hidden[k] = weights[previous * width + k] + sum / promptLength;
        }
        return hidden;
    }

    private double[] logits(double[] hidden, double[] weights) {
        double[] logits = new double[vocabularySize];
        for (int v = 0; v < vocabularySize; v++) {
            double sum = weights[biasStart() + v];
            for (int k = 0; k < width; k++) {
                sum += weights[outputStart() + v * width + k] * hidden[k];
            }
            logits[v] = sum;
        }
        return logits;
    }

    private int promptTableStart() {
        return vocabularySize * width;
    }

    private int outputStart() {
        return 2 * vocabularySize * width;
    }

    private int biasStart() {
        return 3 * vocabularySize * width;
    }

    static void forEachToken(PackedBatch batch, TokenVisitor visitor) {
        int[] predictors = batch.predictorRows();
        int[] targets = batch.targets();
        int[] tokenIds = batch.tokenIds();
        for (int group = 0; group < batch.numGroups(); group++) {
            int last = batch.firstResponse(group) + batch.numResponses(group) - 1;
            int end = batch.logProbOffset(last) + batch.responseLength(last);
            for (int i = batch.logProbOffset(batch.firstResponse(group)); i < end; i++) {
                visitor.visit(i, group, tokenIds[predictors[i]], targets[i]);
            }
        }
    }

    /// Sees one scored token.
    interface TokenVisitor {
        void visit(int index, int group, int previous, int target);
    }
}
