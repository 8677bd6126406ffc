package org.betatron.core.policy;

import java.util.Arrays;

/// The loss of single answers, and its derivatives by what models say of their tokens. Pure
/// functions.
///
/// ```text
/// loss_t = surrogate(log p_t - log p_old,t, A_t) + c_kl KL_t - c_H H_t + c_V critic_t
///          c_kl rho_t KL_t instead where spec.kl.timesRatio
/// ```
///
/// @param spec          what is learned
/// @param klCoefficient as it is now; used where the divergence is a part of the loss
/// @param maxTokens     most tokens that an answer may have
public record PolicyLoss(PolicySpec spec, double klCoefficient, int maxTokens) {

    /// One answer with its loss. Derivatives are those of the answer's share before the batch's
    /// weight is divided by.
    ///
    /// @param loss       sum over tokens, each with its share
    /// @param byLogProbs derivative by each log-prob
    /// @param byEntropy  derivative by each entropy; the same for all
    /// @param byValues   derivative by each value of the critic; empty where there is none
    /// @param ofPolicy   the part of the loss that is the surrogate's
    /// @param ofKl       the part that is the divergence's
    /// @param ofCritic   the part that is the critic's, with its coefficient
    /// @param clippedLow tokens that teach nothing since their probability fell too far
    /// @param clippedHigh tokens that teach nothing since it rose too far
    /// @param maxLogRatio largest distance of a log-ratio from 0, nats
    /// @param approximateKl sum over tokens of K3 from the policy when the answer was written, nats
    @SuppressWarnings("ArrayRecordComponent") // lent, never compared
    public record OfAnswer(
            double loss,
            double[] byLogProbs,
            double byEntropy,
            double[] byValues,
            double ofPolicy,
            double ofKl,
            double ofCritic,
            int clippedLow,
            int clippedHigh,
            double maxLogRatio,
            double approximateKl) {

        /// An answer that takes no part.
        ///
        /// @param length    its tokens
        /// @param hasCritic whether values are differentiated
        public static OfAnswer nothing(int length, boolean hasCritic) {
            return new OfAnswer(0, new double[length], 0, new double[hasCritic ? length : 0], 0, 0, 0, 0, 0, 0, 0);
        }
    }

    /// @return whether the loss depends on entropies
    public boolean needsEntropy() {
        return spec.entropyBonus() > 0;
    }

    private boolean hasKl() {
        return spec.kl().place() == KlPlace.LOSS && klCoefficient > 0;
    }

    /// @param answer    what is known of it
    /// @param logProbs  now, nats
    /// @param entropies now, nats; read where there is a bonus
    /// @param values    of the critic, now; read where there is one
    /// @return its loss
    public OfAnswer of(WrittenNumbers answer, double[] logProbs, double[] entropies, double[] values) {
        int length = logProbs.length;
        double share = spec.aggregation().share(length, maxTokens);
        SurrogateSpec surrogate = spec.surrogate();
        double[] logRatios = logRatios(answer, logProbs, surrogate.ratio());
        double[] byLogProbs = new double[length];
        double ofPolicy = 0;
        double ofKl = 0;
        double entropy = 0;
        int clippedLow = 0;
        int clippedHigh = 0;
        double maxLogRatio = 0;
        for (int t = 0; t < length; t++) {
            double advantage = answer.advantages()[t];
            if (surrogate.ratio() == RatioLevel.NONE) {
                ofPolicy -= advantage * logProbs[t];
                byLogProbs[t] = -advantage;
            } else {
                ofPolicy += surrogate.value(logRatios[t], advantage);
                spread(surrogate.ratio(), byLogProbs, t, surrogate.derivative(logRatios[t], advantage));
                if (surrogate.isClipped(logRatios[t], advantage)) {
                    clippedLow += logRatios[t] < 0 ? 1 : 0;
                    clippedHigh += logRatios[t] > 0 ? 1 : 0;
                }
            }
            maxLogRatio = Math.max(maxLogRatio, Math.abs(logRatios[t]));
            if (needsEntropy()) {
                entropy += entropies[t];
            }
        }
        if (hasKl()) {
            KlEstimator estimator = spec.kl().estimator();
            for (int t = 0; t < length; t++) {
                double logRatio = logProbs[t] - answer.reference()[t];
                double estimate = klCoefficient * estimator.value(logRatio);
                double ratio = spec.kl().timesRatio() ? CappedExp.value(logRatios[t]) : 1;
                ofKl += ratio * estimate;
                byLogProbs[t] += ratio * klCoefficient * estimator.derivative(logRatio);
                if (spec.kl().timesRatio()) {
                    spread(surrogate.ratio(), byLogProbs, t, estimate * CappedExp.derivative(logRatios[t]));
                }
            }
        }
        double[] byValues = new double[spec.hasCritic() ? length : 0];
        double ofCritic = 0;
        for (int t = 0; t < byValues.length; t++) {
            CriticSpec critic = spec.critic();
            ofCritic += critic.coefficient() * critic.loss(values[t], answer.values()[t], answer.returns()[t]);
            byValues[t] = share
                    * critic.coefficient()
                    * critic.derivative(values[t], answer.values()[t], answer.returns()[t]);
        }
        Arrays.setAll(byLogProbs, t -> share * byLogProbs[t]);
        double bonus = spec.entropyBonus();
        return new OfAnswer(
                share * (ofPolicy + ofKl + ofCritic - bonus * entropy),
                byLogProbs,
                -share * bonus,
                byValues,
                share * ofPolicy,
                share * ofKl,
                share * ofCritic,
                clippedLow,
                clippedHigh,
                maxLogRatio,
                approximateKl(answer, logProbs));
    }

    /// The derivative of one token's loss by the log-probs that its ratio is made of.
    private static void spread(RatioLevel ratio, double[] byLogProbs, int token, double derivative) {
        switch (ratio) {
            case NONE, TOKEN -> byLogProbs[token] += derivative;
            case MEAN -> addToAll(byLogProbs, derivative / byLogProbs.length);
            case ANSWER -> addToAll(byLogProbs, derivative);
        }
    }

    private static void addToAll(double[] values, double value) {
        for (int i = 0; i < values.length; i++) {
            values[i] += value;
        }
    }

    private static double[] logRatios(WrittenNumbers answer, double[] logProbs, RatioLevel level) {
        double[] ofTokens = new double[logProbs.length];
        if (answer.before().length == 0) {
            return ofTokens;
        }
        Arrays.setAll(ofTokens, t -> logProbs[t] - answer.before()[t]);
        double sum = Arrays.stream(ofTokens).sum();
        switch (level) {
            case NONE, TOKEN -> {}
            case MEAN -> Arrays.fill(ofTokens, sum / ofTokens.length);
            case ANSWER -> Arrays.fill(ofTokens, sum);
        }
        return ofTokens;
    }

    private static double approximateKl(WrittenNumbers answer, double[] logProbs) {
        double sum = 0;
        for (int t = 0; t < answer.before().length; t++) {
            sum += KlEstimator.K3.value(answer.before()[t] - logProbs[t]);
        }
        return sum;
    }
}
