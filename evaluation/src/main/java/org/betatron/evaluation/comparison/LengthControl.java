package org.betatron.evaluation.comparison;

import java.util.List;
import org.betatron.core.Numbers;
import org.betatron.evaluation.judge.Verdict;

/// The win rate that remains where both answers are equally long.
///
/// ```text
/// P(win) = sigmoid( theta + phi * tanh( (tokens - opponentTokens) / deviation of the differences ) )
/// length-controlled win rate = sigmoid(theta)
/// ```
///
/// fitted by maximum likelihood, a tie counting as half a win, with a ridge small enough not to show
/// except where outcomes are separable.
///
/// Source: Dubois et al. 2024, arXiv 2404.04475, equation 2. Differs from it: no term for the difficulty
/// of each prompt, which is fitted there on the answers of many models.
final class LengthControl {

    private static final double RIDGE = 0.01;
    private static final int ITERATIONS = 30;

    private LengthControl() {}

    /// @param answers with verdicts, at least one
    static double winRate(List<JudgedAnswer> answers) {
        double[] length = lengthTerms(answers);
        double[] wins = answers.stream().mapToDouble(LengthControl::win).toArray();
        double theta = 0;
        double phi = 0;
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double gradientTheta = -RIDGE * theta;
            double gradientPhi = -RIDGE * phi;
            double thetaTheta = RIDGE;
            double thetaPhi = 0;
            double phiPhi = RIDGE;
            for (int i = 0; i < wins.length; i++) {
                double p = Numbers.sigmoid(theta + phi * length[i]);
                double curvature = p * (1 - p);
                gradientTheta += wins[i] - p;
                gradientPhi += (wins[i] - p) * length[i];
                thetaTheta += curvature;
                thetaPhi += curvature * length[i];
                phiPhi += curvature * length[i] * length[i];
            }
            double determinant = thetaTheta * phiPhi - thetaPhi * thetaPhi;
            double stepTheta = (phiPhi * gradientTheta - thetaPhi * gradientPhi) / determinant;
            double stepPhi = (thetaTheta * gradientPhi - thetaPhi * gradientTheta) / determinant;
            // A full Newton step from a flat part of the curve would leave it on the other side.
            double scale = Math.min(1, 2 / Math.max(Math.abs(stepTheta), Math.abs(stepPhi)));
            theta += scale * stepTheta;
            phi += scale * stepPhi;
            if (Math.abs(stepTheta) + Math.abs(stepPhi) < 1e-10) {
                break;
            }
        }
        return Numbers.sigmoid(theta);
    }

    private static double win(JudgedAnswer answer) {
        Verdict verdict = answer.verdict();
        if (verdict == null) {
            throw new IllegalArgumentException("an answer without a verdict has no share of a win");
        }
        return verdict.outcome().value();
    }

    private static double[] lengthTerms(List<JudgedAnswer> answers) {
        double[] differences = answers.stream()
                .mapToDouble(answer -> answer.tokens() - answer.opponentTokens())
                .toArray();
        double mean = 0;
        for (double difference : differences) {
            mean += difference / differences.length;
        }
        double variance = 0;
        for (double difference : differences) {
            variance += (difference - mean) * (difference - mean) / differences.length;
        }
        double deviation = Math.sqrt(variance);
        for (int i = 0; i < differences.length; i++) {
            // Differences that are all alike cannot be told from the model itself.
            differences[i] = deviation == 0 ? 0 : Math.tanh(differences[i] / deviation);
        }
        return differences;
    }
}
