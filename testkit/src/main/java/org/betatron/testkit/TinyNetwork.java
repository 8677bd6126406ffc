package org.betatron.testkit;

import org.betatron.core.model.PackedBatch;

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
            logProbs[index] = logits[target] - logSumExp(logits);
        });
        return logProbs;
    }

    /// Adds `sum_t derivatives[t] * d logProbs[t] / d weights` to `gradient`, token after token,
    /// so that cutting a batch into consecutive parts does not change a single bit of the sum.
    void addGradient(PackedBatch batch, double[] weights, float[] derivatives, double[] gradient) {
        forEachToken(batch, (index, group, previous, target) -> {
            if (derivatives[index] != 0) {
                addTokenGradient(batch, weights, group, previous, target, derivatives[index], gradient);
            }
        });
    }

    /// @return logits of the token that follows `previous` in an answer to `prompt`, `[vocabulary]`
    double[] nextLogits(int[] prompt, int previous, double[] weights) {
        PackedBatch batch = PackedBatch.builder().add(prompt, new int[] {0}).build();
        return logits(hidden(batch, 0, previous, weights), weights);
    }

    private void addTokenGradient(
            PackedBatch batch,
            double[] weights,
            int group,
            int previous,
            int target,
            double derivative,
            double[] gradient) {
        double[] hidden = hidden(batch, group, previous, weights);
        double[] logits = logits(hidden, weights);
        double normalizer = logSumExp(logits);
        double[] hiddenGradient = new double[width];
        for (int v = 0; v < vocabularySize; v++) {
            double logitGradient = derivative * ((v == target ? 1 : 0) - Math.exp(logits[v] - normalizer));
            gradient[biasStart() + v] += logitGradient;
            for (int k = 0; k < width; k++) {
                gradient[outputStart() + v * width + k] += logitGradient * hidden[k];
                hiddenGradient[k] += logitGradient * weights[outputStart() + v * width + k];
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

    private static double logSumExp(double[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
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

    private static void forEachToken(PackedBatch batch, TokenVisitor visitor) {
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
    private interface TokenVisitor {
        void visit(int index, int group, int previous, int target);
    }
}
