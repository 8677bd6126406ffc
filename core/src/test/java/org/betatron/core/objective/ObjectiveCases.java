package org.betatron.core.objective;

import static org.betatron.core.Numbers.sigmoid;
import static org.betatron.core.Numbers.softplus;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.objective.DivergenceScore.Divergence;

/// Every objective, with variants of its parameters. Formulas here are written out once more, plainly.
final class ObjectiveCases {

    private ObjectiveCases() {}

    static List<ObjectiveCase> all() {
        return List.of(
                ObjectiveCase.of(new ObjectiveSpec.Dpo(0.1), logistic()),
                ObjectiveCase.of(
                        new ObjectiveSpec.Cdpo(0.1, 0.15),
                        (p, i, b) -> -(1 - 2 * 0.15) * b * (u(p.chosen(), i) - u(p.rejected(), i))),
                ObjectiveCase.of(
                        new ObjectiveSpec.RobustDpo(0.1, 0.2),
                        (p, i, b) -> -b * (u(p.chosen(), i) - u(p.rejected(), i)) / (1 - 2 * 0.2)),
                ObjectiveCase.of(
                        new ObjectiveSpec.ReferenceFreeDpo(0.1),
                        (p, i, b) -> -b * (p.chosen().policy(i) - p.rejected().policy(i))),
                ObjectiveCase.of(new ObjectiveSpec.Hinge(0.05), (p, i, b) -> {
                    double z = b * (u(p.chosen(), i) - u(p.rejected(), i));
                    return Math.max(0, 1 - z) - Math.max(0, 1 + z);
                }),
                ObjectiveCase.of(new ObjectiveSpec.SlicHf(1, 1, 0.1), (p, i, b) -> {
                    double z = b * (p.chosen().policy(i) - p.rejected().policy(i));
                    return Math.max(0, 1 - z)
                            - Math.max(0, 1 + z)
                            - 0.1 * (p.chosen().policy(i) - p.rejected().policy(i));
                }),
                ObjectiveCase.of(
                        new ObjectiveSpec.Ipo(0.1, false),
                        (p, i, b) -> -2 / b * (u(p.chosen(), i) - u(p.rejected(), i))),
                ObjectiveCase.of(new ObjectiveSpec.Ipo(0.1, true), (p, i, b) -> -2 / b * meanLogRatioMargin(p, i)),
                ObjectiveCase.of(
                        new ObjectiveSpec.Sppo(0.02), (p, i, b) -> -2 / b * (u(p.chosen(), i) - u(p.rejected(), i))),
                ObjectiveCase.of(
                        new ObjectiveSpec.Nca(0.05),
                        (p, i, b) -> softplus(-b * u(p.chosen(), i)) - softplus(-b * u(p.rejected(), i))),
                ObjectiveCase.of(
                        new ObjectiveSpec.Exo(0.1, 1e-3),
                        (p, i, b) ->
                                -Math.tanh(b * (u(p.chosen(), i) - u(p.rejected(), i)) / 2) * Math.log(0.999 / 0.001)),
                ObjectiveCase.of(new ObjectiveSpec.Bco(0.1), logistic()),
                ObjectiveCase.of(new ObjectiveSpec.Aot(0.05, 0)),
                ObjectiveCase.of(new ObjectiveSpec.Aot(0.05, 0.1)),
                ObjectiveCase.of(new ObjectiveSpec.AotUnpaired(0.05, 0.1)),
                ObjectiveCase.of(
                        new ObjectiveSpec.ApoZero(0.1),
                        (p, i, b) -> 2 * (sigmoid(b * u(p.rejected(), i)) - sigmoid(b * u(p.chosen(), i)))),
                ObjectiveCase.of(
                        new ObjectiveSpec.ApoDown(0.1),
                        (p, i, b) -> sigmoid(b * u(p.chosen(), i))
                                - sigmoid(b * u(p.rejected(), i))
                                - Math.tanh(b * (u(p.chosen(), i) - u(p.rejected(), i)) / 2)),
                ObjectiveCase.of(new ObjectiveSpec.DiscoPop(0.05, 0.05), (p, i, b) -> {
                    double z = b * (u(p.chosen(), i) - u(p.rejected(), i));
                    return discovered(z) - discovered(-z);
                }),
                ObjectiveCase.of(new ObjectiveSpec.SimPo(2, 0.25), (p, i, b) -> {
                    double margin = meanLogProbMargin(p, i);
                    return softplus(-b * (margin - 0.25)) - softplus(-b * (-margin - 0.25));
                }),
                ObjectiveCase.of(
                        new ObjectiveSpec.Orpo(0.1, LikelihoodScale.RESPONSE_MEAN),
                        (p, i, b) ->
                                -b * (logOdds(p.chosen(), i) - logOdds(p.rejected(), i)) - meanLogProbMargin(p, i)),
                ObjectiveCase.of(
                        new ObjectiveSpec.Cpo(0.1, 1, LikelihoodScale.RESPONSE_MEAN),
                        (p, i, b) -> -b * (p.chosen().policy(i) - p.rejected().policy(i)) - meanLogProbMargin(p, i)),
                ObjectiveCase.of(new ObjectiveSpec.Cpo(0.1, 0.5, LikelihoodScale.BATCH_MEAN)),
                ObjectiveCase.of(new ObjectiveSpec.Rrhf(1, 1), (p, i, b) -> -(b + 1) * meanLogProbMargin(p, i)),
                ObjectiveCase.of(
                        new ObjectiveSpec.Rdpo(0.1, 0.02),
                        (p, i, b) -> -b * (u(p.chosen(), i) - u(p.rejected(), i))
                                - 0.02 * (p.chosen().length(i) - p.rejected().length(i))),
                ObjectiveCase.of(
                        new ObjectiveSpec.Rpo(0.1, 1, LikelihoodScale.RESPONSE_MEAN),
                        (p, i, b) -> -b * (u(p.chosen(), i) - u(p.rejected(), i)) - meanLogProbMargin(p, i)),
                ObjectiveCase.of(
                        new ObjectiveSpec.Rpo(0.1, 0.3, LikelihoodScale.SUM),
                        (p, i, b) -> -b * (u(p.chosen(), i) - u(p.rejected(), i))
                                - 0.3 * (p.chosen().policy(i) - p.rejected().policy(i))),
                ObjectiveCase.of(
                        new ObjectiveSpec.LdDpo(0.1, 0.5, true),
                        (p, i, b) -> -b * (weighted(p.chosen(), i, true) - weighted(p.rejected(), i, true))),
                ObjectiveCase.of(
                        new ObjectiveSpec.LdDpo(0.1, 0.5, false),
                        (p, i, b) -> -b * (weighted(p.chosen(), i, false) - weighted(p.rejected(), i, false))),
                ObjectiveCase.of(
                        new ObjectiveSpec.Wpo(new ObjectiveSpec.Dpo(0.1), true),
                        (p, i, b) -> -b * onPolicyWeight(p, i) * (u(p.chosen(), i) - u(p.rejected(), i)),
                        (c, p, i, b) -> onPolicyWeight(c, i) * softplus(-b * (u(p.chosen(), i) - u(p.rejected(), i)))),
                ObjectiveCase.of(new ObjectiveSpec.Fdpo(0.1, Divergence.REVERSE_KL, 0.5), logistic()),
                ObjectiveCase.of(
                        new ObjectiveSpec.Fdpo(0.1, Divergence.FORWARD_KL, 0.5),
                        (p, i, b) -> -b * (forward(u(p.chosen(), i)) - forward(u(p.rejected(), i)))),
                ObjectiveCase.of(
                        new ObjectiveSpec.Fdpo(0.1, Divergence.JENSEN_SHANNON, 0.5),
                        (p, i, b) -> -b * (softplus(-u(p.rejected(), i)) - softplus(-u(p.chosen(), i)))),
                ObjectiveCase.of(
                        new ObjectiveSpec.Fdpo(0.1, Divergence.ALPHA, 0.3),
                        (p, i, b) -> -b * (forward(0.3 * u(p.chosen(), i)) - forward(0.3 * u(p.rejected(), i))) / 0.3),
                ObjectiveCase.of(new ObjectiveSpec.SigmoidNorm(5), (p, i, b) -> -b * meanLogRatioMargin(p, i)),
                ObjectiveCase.of(
                        new ObjectiveSpec.Tdpo1(0.1),
                        (p, i, b) -> -b * (divergent(p.chosen(), i, 1) - divergent(p.rejected(), i, 1))),
                ObjectiveCase.of(
                        new ObjectiveSpec.Tdpo2(0.1, 0.5),
                        (p, i, b) -> -b * (divergent(p.chosen(), i, 0.5) - divergent(p.rejected(), i, 0.5)),
                        (c, p, i, b) -> softplus(-b
                                * (u(p.chosen(), i)
                                        + 0.5 * c.chosen().get(ResponseQuantity.REFERENCE_KL, i)
                                        - divergent(p.rejected(), i, 0.5)))),
                ObjectiveCase.of(
                        new ObjectiveSpec.AlphaDpo(2.5, 0.15, 0.2),
                        null,
                        (c, p, i, b) -> softplus(-b
                                * (meanLogProbMargin(p, i)
                                        - 0.15
                                        - 0.2
                                                * (meanLogRatioMargin(c, i) - ObjectiveCase.TRACKED.mean())
                                                / ObjectiveCase.TRACKED.deviation()))),
                ObjectiveCase.of(new ObjectiveSpec.Kto(0.1, 1, 1.3), null, (c, p, i, b) -> {
                    double baseline = Math.max(0, meanMismatched(c));
                    return p.hasChosen(i)
                            ? 1 - sigmoid(b * (u(p.chosen(), i) - baseline))
                            : 1.3 * (1 - sigmoid(b * (baseline - u(p.rejected(), i))));
                }),
                ObjectiveCase.of(
                        new ObjectiveSpec.KtoPair(0.1, 1, 1.3),
                        null,
                        (c, p, i, b) -> 1
                                - sigmoid(b * (u(p.chosen(), i) - Math.max(0, mean(c.rejected()))))
                                + 1.3 * (1 - sigmoid(b * (Math.max(0, mean(c.chosen())) - u(p.rejected(), i))))),
                ObjectiveCase.of(
                        new ObjectiveSpec.OverBeta(new ObjectiveSpec.Dpo(0.1)),
                        (p, i, b) -> -(u(p.chosen(), i) - u(p.rejected(), i))),
                ObjectiveCase.of(
                        new ObjectiveSpec.OverBeta(new ObjectiveSpec.Ipo(0.1, false)),
                        (p, i, b) -> -2 / (b * b) * (u(p.chosen(), i) - u(p.rejected(), i))),
                ObjectiveCase.of(new ObjectiveSpec.OverBeta(new ObjectiveSpec.SimPo(2, 0.25)), (p, i, b) -> {
                    double margin = meanLogProbMargin(p, i);
                    return (softplus(-b * (margin - 0.25)) - softplus(-b * (-margin - 0.25))) / b;
                }),
                ObjectiveCase.of(
                        new ObjectiveSpec.SimPer(1),
                        (p, i, b) -> -2 * b * (probability(p.chosen(), i) - probability(p.rejected(), i))),
                ObjectiveCase.of(new ObjectiveSpec.Madpo(0.1, 0.5, 2, 1, 2)),
                ObjectiveCase.ofBatch(
                        new ObjectiveSpec.GammaDpo(0.1, 4, 10),
                        (c, p, i, b) -> softplus(-b[i] * (u(p.chosen(), i) - u(p.rejected(), i))
                                + target(logRatioMargins(c), i, b, 4)
                                - 4 * Arrays.stream(b).average().orElseThrow())),
                ObjectiveCase.ofBatch(
                        new ObjectiveSpec.GammaSimPo(10, 0.4, 10),
                        (c, p, i, b) ->
                                softplus(-b[i] * meanLogProbMargin(p, i) + target(meanLogProbMargins(c), i, b, 0.4))),
                ObjectiveCase.of(
                        new ObjectiveSpec.Nll(LikelihoodScale.RESPONSE_MEAN), (p, i, b) -> -meanLogProbMargin(p, i)),
                ObjectiveCase.of(
                        new ObjectiveSpec.Nll(LikelihoodScale.SUM),
                        (p, i, b) -> p.rejected().policy(i) - p.chosen().policy(i)),
                ObjectiveCase.of(
                        new ObjectiveSpec.Sum(List.of(
                                new ObjectiveSpec.Sum.Term(0.8, new ObjectiveSpec.Dpo(0.1)),
                                new ObjectiveSpec.Sum.Term(0.2, new ObjectiveSpec.Bco(0.2)),
                                new ObjectiveSpec.Sum.Term(1, ObjectiveSpec.Nll.DEFAULT))),
                        (p, i, b) -> -(0.8 * b + 0.2 * 2 * b) * (u(p.chosen(), i) - u(p.rejected(), i))
                                - meanLogProbMargin(p, i)));
    }

    private static ObjectiveCase.Swap logistic() {
        return (p, i, b) -> -b * (u(p.chosen(), i) - u(p.rejected(), i));
    }

    private static double u(ResponseLogProbs side, int row) {
        return side.policy(row) - side.get(ResponseQuantity.REFERENCE, row);
    }

    private static double mean(ResponseLogProbs side) {
        double sum = 0;
        for (int i = 0; i < side.size(); i++) {
            sum += u(side, i);
        }
        return sum / side.size();
    }

    private static double meanMismatched(PairLogProbs pairs) {
        return mean(pairs.mismatched().orElseThrow());
    }

    private static double meanLogProbMargin(PairLogProbs pairs, int row) {
        return pairs.chosen().policy(row) / pairs.chosen().length(row)
                - pairs.rejected().policy(row) / pairs.rejected().length(row);
    }

    private static double meanLogRatioMargin(PairLogProbs pairs, int row) {
        return u(pairs.chosen(), row) / pairs.chosen().length(row)
                - u(pairs.rejected(), row) / pairs.rejected().length(row);
    }

    private static double divergent(ResponseLogProbs side, int row, double weight) {
        return u(side, row) + weight * side.get(ResponseQuantity.REFERENCE_KL, row);
    }

    private static double weighted(ResponseLogProbs side, int row, boolean weighsReference) {
        double referenceTail = weighsReference ? side.get(ResponseQuantity.REFERENCE_TAIL, row) : 0;
        return u(side, row) - 0.5 * (side.get(ResponseQuantity.POLICY_TAIL, row) - referenceTail);
    }

    private static double logOdds(ResponseLogProbs side, int row) {
        double mean = side.policy(row) / side.length(row);
        return mean - Math.log1p(-Math.exp(mean));
    }

    private static double probability(ResponseLogProbs side, int row) {
        return Math.exp(side.policy(row) / side.length(row));
    }

    private static double[] logRatioMargins(PairLogProbs pairs) {
        return IntStream.range(0, pairs.size())
                .mapToDouble(i -> u(pairs.chosen(), i) - u(pairs.rejected(), i))
                .toArray();
    }

    private static double[] meanLogProbMargins(PairLogProbs pairs) {
        return IntStream.range(0, pairs.size())
                .mapToDouble(i -> meanLogProbMargin(pairs, i))
                .toArray();
    }

    /// By mirror descent with tau 10, as the authors' code does it, to its end.
    private static double target(double[] margins, int row, double[] betas, double ratio) {
        double mean = ratio * Arrays.stream(betas).average().orElseThrow();
        double[] u = new double[margins.length];
        Arrays.fill(u, 1);
        for (int step = 0; step < 200; step++) {
            for (int i = 0; i < u.length; i++) {
                u[i] *= Math.exp(-0.05 * (10 * Math.log(u[i]) + mean * sigmoid(mean * u[i] - betas[i] * margins[i])));
            }
            double sum = Arrays.stream(u).sum();
            for (int i = 0; i < u.length; i++) {
                u[i] *= u.length / sum;
            }
        }
        return mean * u[row];
    }

    private static double forward(double u) {
        return 1 - Math.exp(-u);
    }

    private static double discovered(double z) {
        double blend = sigmoid(z / 0.05);
        return (1 - blend) * softplus(-z) + blend * Math.exp(-z);
    }

    private static double onPolicyWeight(PairLogProbs pairs, int row) {
        double exponent = 0;
        for (ResponseLogProbs side : List.of(pairs.chosen(), pairs.rejected())) {
            exponent += (side.policy(row) - side.get(ResponseQuantity.LOG_COLLISION, row)) / side.length(row);
        }
        return Math.min(1, Math.exp(exponent));
    }
}
