package org.betatron.core.objective;

import java.util.List;

/// Makes objectives from their descriptions: scores, links, offsets and baselines put together.
final class Objectives {

    private Objectives() {}

    static Objective create(ObjectiveSpec description) {
        return switch (description) {
            case ObjectiveSpec.Dpo _ -> logRatio(new SigmoidLink(0, 0));
            case ObjectiveSpec.Cdpo spec -> logRatio(new SigmoidLink(spec.labelSmoothing(), 0));
            case ObjectiveSpec.RobustDpo spec -> logRatio(new RobustLink(spec.flipRate()));
            case ObjectiveSpec.ReferenceFreeDpo _ -> new MarginObjective(LogProbScore.LOG_PROB, new SigmoidLink(0, 0));
            case ObjectiveSpec.Hinge _ -> logRatio(new HingeLink(1));
            case ObjectiveSpec.Ipo spec ->
                new MarginObjective(
                        spec.lengthNormalized() ? LogProbScore.MEAN_LOG_RATIO : LogProbScore.LOG_RATIO,
                        new SquaredLink());
            case ObjectiveSpec.Exo spec -> logRatio(ExoLink.smoothed(spec.labelSmoothing()));
            case ObjectiveSpec.DiscoPop spec -> logRatio(new DiscoveredLink(spec.temperature()));
            case ObjectiveSpec.SigmoidNorm _ -> new MarginObjective(LogProbScore.MEAN_LOG_RATIO, new SigmoidLink(0, 0));
            case ObjectiveSpec.Fdpo spec ->
                new MarginObjective(new DivergenceScore(spec.divergence(), spec.alpha()), new SigmoidLink(0, 0));
            case ObjectiveSpec.LdDpo spec ->
                new MarginObjective(
                        new TailWeightedScore(spec.tailWeight(), spec.weighsReference()), new SigmoidLink(0, 0));
            case ObjectiveSpec.Tdpo1 _ ->
                new MarginObjective(new DivergencePenalizedScore(1, true), new SigmoidLink(0, 0));
            case ObjectiveSpec.Tdpo2 spec ->
                new MarginObjective(
                        new DivergencePenalizedScore(spec.alpha(), false),
                        new DivergencePenalizedScore(spec.alpha(), true),
                        MarginOffset.NONE,
                        new SigmoidLink(0, 0));
            case ObjectiveSpec.Rdpo spec ->
                new MarginObjective(
                        LogProbScore.LOG_RATIO,
                        LogProbScore.LOG_RATIO,
                        new LengthOffset(spec.alpha()),
                        new SigmoidLink(0, 0));
            case ObjectiveSpec.AlphaDpo spec ->
                new MarginObjective(
                        LogProbScore.MEAN_LOG_PROB,
                        LogProbScore.MEAN_LOG_PROB,
                        new AdaptiveOffset(spec.targetMargin(), spec.alpha()),
                        new SigmoidLink(0, 0));
            case ObjectiveSpec.SimPo spec ->
                new MarginObjective(LogProbScore.MEAN_LOG_PROB, new SigmoidLink(0, spec.targetMargin()));
            case ObjectiveSpec.SlicHf spec ->
                withLikelihood(
                        new MarginObjective(LogProbScore.LOG_PROB, new HingeLink(spec.target())),
                        spec.likelihoodWeight(),
                        LikelihoodScale.SUM);
            case ObjectiveSpec.Cpo spec ->
                withLikelihood(
                        new MarginObjective(LogProbScore.LOG_PROB, new SigmoidLink(0, 0)),
                        spec.likelihoodWeight(),
                        spec.likelihood());
            case ObjectiveSpec.Orpo spec ->
                withLikelihood(new MarginObjective(new LogOddsScore(), new ScaledSigmoidLink()), 1, spec.likelihood());
            case ObjectiveSpec.Rrhf spec ->
                withLikelihood(
                        new MarginObjective(new LogProbScore(false, spec.lengthPower()), new HingeLink(0)),
                        1,
                        LikelihoodScale.RESPONSE_MEAN);
            case ObjectiveSpec.Rpo spec ->
                withLikelihood(logRatio(new SigmoidLink(0, 0)), spec.likelihoodWeight(), spec.likelihood());
            case ObjectiveSpec.Sppo _ -> separable(new AnswerLink.Squared(1), new AnswerLink.Squared(-1));
            case ObjectiveSpec.Nca _ -> separable(new AnswerLink.Logistic(1, 0.5), new AnswerLink.Logistic(0, 0.5));
            case ObjectiveSpec.ApoZero _ -> separable(new AnswerLink.Bounded(-1, 1), new AnswerLink.Bounded(1, 1));
            case ObjectiveSpec.ApoDown _ ->
                new SumObjective(List.of(
                        new SumObjective.Term(1, 1, logRatio(new BoundedLink())),
                        new SumObjective.Term(1, 1, separable(new AnswerLink.Bounded(1, 1), AnswerLink.NONE))));
            case ObjectiveSpec.Bco _ ->
                new SeparableObjective(
                        LogProbScore.LOG_RATIO,
                        new ScoreBaseline.RunningMean(),
                        new AnswerLink.Logistic(1, 0),
                        new AnswerLink.Logistic(0, 1));
            case ObjectiveSpec.Kto spec ->
                kto(new ScoreBaseline.Mismatched(), spec.desirableWeight(), spec.undesirableWeight());
            case ObjectiveSpec.KtoPair spec ->
                kto(new ScoreBaseline.OtherSide(), spec.desirableWeight(), spec.undesirableWeight());
            case ObjectiveSpec.Aot spec -> new TransportObjective(true, new SigmoidLink(spec.labelSmoothing(), 0));
            case ObjectiveSpec.AotUnpaired spec ->
                new TransportObjective(false, new SigmoidLink(spec.labelSmoothing(), 0));
            case ObjectiveSpec.Wpo spec ->
                new OnPolicyObjective(spec.objective().create(), spec.clamped());
            case ObjectiveSpec.OverBeta spec -> divided(spec.objective());
            case ObjectiveSpec.SimPer _ -> new MarginObjective(new InversePerplexityScore(), new LinearLink());
            case ObjectiveSpec.Madpo spec ->
                new ScoreWeightedObjective(
                        logRatio(new SigmoidLink(0, 0)),
                        spec.leastCoefficient(),
                        spec.mostCoefficient(),
                        spec.steepness(),
                        spec.threshold());
            case ObjectiveSpec.GammaDpo spec ->
                new TargetMarginObjective(LogProbScore.LOG_RATIO, spec.targetMargin(), spec.tau(), true);
            case ObjectiveSpec.GammaSimPo spec ->
                new TargetMarginObjective(LogProbScore.MEAN_LOG_PROB, spec.targetMargin(), spec.tau(), false);
            case ObjectiveSpec.Nll spec -> new LikelihoodObjective(spec.likelihood());
            case ObjectiveSpec.Sum spec ->
                new SumObjective(spec.terms().stream()
                        .map(term -> new SumObjective.Term(
                                term.weight(),
                                term.objective().beta() / spec.beta(),
                                term.objective().create()))
                        .toList());
        };
    }

    /// @throws IllegalArgumentException if it is no loss of one margin
    static Objective divided(ObjectiveSpec description) {
        if (create(description) instanceof MarginObjective objective) {
            return new MarginObjective(
                    objective.chosenScore(),
                    objective.rejectedScore(),
                    objective.offset(),
                    new DividedLink(objective.link()));
        }
        throw new IllegalArgumentException("objective must be a loss of one margin, as dpo, ipo, hinge, simpo or exo");
    }

    private static Objective logRatio(MarginLink link) {
        return new MarginObjective(LogProbScore.LOG_RATIO, link);
    }

    private static Objective separable(AnswerLink chosen, AnswerLink rejected) {
        return new SeparableObjective(LogProbScore.LOG_RATIO, ScoreBaseline.NONE, chosen, rejected);
    }

    private static Objective kto(ScoreBaseline baseline, double desirableWeight, double undesirableWeight) {
        return new SeparableObjective(
                LogProbScore.LOG_RATIO,
                baseline,
                new AnswerLink.Bounded(-1, desirableWeight),
                new AnswerLink.Bounded(1, undesirableWeight));
    }

    /// A weight of zero leaves the preference alone.
    private static Objective withLikelihood(Objective preference, double weight, LikelihoodScale scale) {
        return weight == 0
                ? preference
                : new SumObjective(List.of(
                        new SumObjective.Term(1, 1, preference),
                        new SumObjective.Term(weight, 1, new LikelihoodObjective(scale))));
    }
}
