package org.betatron.core.objective;

import static org.betatron.core.Numbers.require;

import java.util.List;
import org.betatron.core.Source;
import org.betatron.core.objective.DivergenceScore.Divergence;

/// Which objective a run uses, with its parameters: one record per published objective.
///
/// `beta` is beta_0, the strength that a calibration starts from. What it multiplies differs: a
/// summed log-ratio (useful values around 0.01 to 0.5), a mean per token (around 2 to 10), or a
/// whole loss (ORPO, RRHF).
public sealed interface ObjectiveSpec {

    /// @return beta_0, > 0
    double beta();

    /// @return the objective that this describes
    default Objective create() {
        return Objectives.create(this);
    }

    /// Direct preference optimization.
    ///
    /// @param beta strength of the implicit KL constraint; the paper's 0.1 by default
    @Source("Rafailov et al. 2023, arXiv 2305.18290")
    record Dpo(double beta) implements ObjectiveSpec {
        public static final Dpo DEFAULT = new Dpo(0.1);

        public Dpo {
            requireBeta(beta);
        }
    }

    /// Conservative DPO: labels are wrong with a known probability.
    ///
    /// @param beta           as for DPO
    /// @param labelSmoothing probability that a label is wrong, in (0, 0.5); ours: 0.1, the note
    ///     leaves it open
    @Source("Mitchell 2023, A note on DPO with noisy preferences")
    record Cdpo(double beta, double labelSmoothing) implements ObjectiveSpec {
        public static final Cdpo DEFAULT = new Cdpo(0.1, 0.1);

        public Cdpo {
            requireBeta(beta);
            require("labelSmoothing", labelSmoothing > 0 && labelSmoothing < 0.5, "in (0, 0.5)", labelSmoothing);
        }
    }

    /// Robust DPO: a loss that is unbiased under flipped labels.
    ///
    /// @param beta     as for DPO
    /// @param flipRate probability that a label is flipped, in (0, 0.5); the paper's experiments
    ///     use 0.1
    @Source("Chowdhury et al. 2024, arXiv 2403.00409")
    record RobustDpo(double beta, double flipRate) implements ObjectiveSpec {
        public static final RobustDpo DEFAULT = new RobustDpo(0.1, 0.1);

        public RobustDpo {
            requireBeta(beta);
            require("flipRate", flipRate > 0 && flipRate < 0.5, "in (0, 0.5)", flipRate);
        }
    }

    /// DPO without a reference: the margin is one of log-probabilities.
    ///
    /// @param beta as for DPO
    @Source("the reference_free option of the DPO code, arXiv 2305.18290")
    record ReferenceFreeDpo(double beta) implements ObjectiveSpec {
        public static final ReferenceFreeDpo DEFAULT = new ReferenceFreeDpo(0.1);

        public ReferenceFreeDpo {
            requireBeta(beta);
        }
    }

    /// Hinge loss on log-ratios, the "hinge-norm" of RSO.
    ///
    /// @param beta inverse of the margin that suffices, per nat; RSO's 0.05 (its gamma)
    @Source("Liu et al. 2023, arXiv 2309.06657")
    record Hinge(double beta) implements ObjectiveSpec {
        public static final Hinge DEFAULT = new Hinge(0.05);

        public Hinge {
            requireBeta(beta);
        }
    }

    /// Sequence likelihood calibration: a hinge on log-probabilities, and supervised learning
    /// beside it.
    ///
    /// @param beta             multiplies the margin of log-probabilities; 1 as in the paper, which
    ///     has none
    /// @param target           the paper's delta, nats, ≥ 0; 1
    /// @param likelihoodWeight the paper's lambda, weight of the chosen log-likelihood, ≥ 0; 0.1 as
    ///     in HALOs
    @Source("Zhao et al. 2023, arXiv 2305.10425")
    record SlicHf(double beta, double target, double likelihoodWeight) implements ObjectiveSpec {
        public static final SlicHf DEFAULT = new SlicHf(1, 1, 0.1);

        public SlicHf {
            requireBeta(beta);
            requireNotNegative("target", target);
            requireNotNegative("likelihoodWeight", likelihoodWeight);
        }
    }

    /// Identity preference optimization.
    ///
    /// @param beta             the paper's tau; the target margin is `1 / (2 beta)`
    /// @param lengthNormalized compares log-ratios per token, as TRL does, instead of the paper's
    ///     sums
    @Source("Azar et al. 2023, arXiv 2310.12036")
    record Ipo(double beta, boolean lengthNormalized) implements ObjectiveSpec {
        public static final Ipo DEFAULT = new Ipo(0.1, false);

        public Ipo {
            requireBeta(beta);
        }
    }

    /// Self-play preference optimization with hard labels.
    ///
    /// @param beta the paper's `1 / eta`: log-ratios are pulled towards plus and minus `1 / (2
    ///     beta)`; 0.001
    @Source("Wu et al. 2024, arXiv 2405.00675")
    record Sppo(double beta) implements ObjectiveSpec {
        public static final Sppo DEFAULT = new Sppo(0.001);

        public Sppo {
            requireBeta(beta);
        }
    }

    /// Noise contrastive alignment of pairs.
    ///
    /// @param beta as for DPO; the paper's 0.01
    @Source("Chen et al. 2024, arXiv 2402.05369")
    record Nca(double beta) implements ObjectiveSpec {
        public static final Nca DEFAULT = new Nca(0.01);

        public Nca {
            requireBeta(beta);
        }
    }

    /// Efficient exact optimization: reverse instead of forward KL towards the labels.
    ///
    /// @param beta           as for DPO
    /// @param labelSmoothing probability of the other label, in (0, 0.5); the paper's 1e-3
    @Source("Ji et al. 2024, arXiv 2402.00856")
    record Exo(double beta, double labelSmoothing) implements ObjectiveSpec {
        public static final Exo DEFAULT = new Exo(0.1, 1e-3);

        public Exo {
            requireBeta(beta);
            require("labelSmoothing", labelSmoothing > 0 && labelSmoothing < 0.5, "in (0, 0.5)", labelSmoothing);
        }
    }

    /// Binary classifier optimization: each answer judged against the running mean reward.
    ///
    /// @param beta as for DPO; the paper's 0.01
    @Source("Jung et al. 2024, arXiv 2404.04656")
    record Bco(double beta) implements ObjectiveSpec {
        public static final Bco DEFAULT = new Bco(0.01);

        public Bco {
            requireBeta(beta);
        }
    }

    /// Alignment via optimal transport, paired: margins of policy and reference, matched by rank.
    ///
    /// @param beta           as for DPO; the paper's 0.01
    /// @param labelSmoothing probability that a label is wrong, in [0, 0.5)
    @Source("Melnyk et al. 2024, arXiv 2406.05882")
    record Aot(double beta, double labelSmoothing) implements ObjectiveSpec {
        public static final Aot DEFAULT = new Aot(0.01, 0);

        public Aot {
            requireBeta(beta);
            requireSmoothing(labelSmoothing);
        }
    }

    /// Alignment via optimal transport, unpaired: chosen and rejected log-ratios, matched by rank.
    ///
    /// @param beta           as for DPO; the paper's 0.01
    /// @param labelSmoothing probability that a label is wrong, in [0, 0.5)
    @Source("Melnyk et al. 2024, arXiv 2406.05882")
    record AotUnpaired(double beta, double labelSmoothing) implements ObjectiveSpec {
        public static final AotUnpaired DEFAULT = new AotUnpaired(0.01, 0);

        public AotUnpaired {
            requireBeta(beta);
            requireSmoothing(labelSmoothing);
        }
    }

    /// Anchored preference optimization that raises chosen and lowers rejected answers.
    ///
    /// @param beta as for DPO; the paper's 0.1
    @Source("D'Oosterlinck et al. 2024, arXiv 2408.06266")
    record ApoZero(double beta) implements ObjectiveSpec {
        public static final ApoZero DEFAULT = new ApoZero(0.1);

        public ApoZero {
            requireBeta(beta);
        }
    }

    /// Anchored preference optimization that lowers both answers, the rejected one more.
    ///
    /// @param beta as for DPO; the paper's 0.1
    @Source("D'Oosterlinck et al. 2024, arXiv 2408.06266")
    record ApoDown(double beta) implements ObjectiveSpec {
        public static final ApoDown DEFAULT = new ApoDown(0.1);

        public ApoDown {
            requireBeta(beta);
        }
    }

    /// The loss that a language model discovered: logistic and exponential, blended by the margin.
    ///
    /// @param beta        as for DPO; the paper's 0.05
    /// @param temperature of the blend, in (0, 1); the paper's 0.05
    @Source("Lu et al. 2024, arXiv 2406.08414")
    record DiscoPop(double beta, double temperature) implements ObjectiveSpec {
        public static final DiscoPop DEFAULT = new DiscoPop(0.05, 0.05);

        public DiscoPop {
            requireBeta(beta);
            require("temperature", temperature > 0 && temperature < 1, "in (0, 1)", temperature);
        }
    }

    /// Simple preference optimization, without a reference.
    ///
    /// @param beta         multiplies the mean log-probability per token; 2.0 as in the authors'
    ///     configuration
    /// @param targetMargin the paper's `gamma / beta`, nats per token, ≥ 0; 0.25 as in the authors'
    ///     configuration. Kept as a ratio so that a dynamic beta scales the margin with it.
    @Source("Meng et al. 2024, arXiv 2405.14734")
    record SimPo(double beta, double targetMargin) implements ObjectiveSpec {
        public static final SimPo DEFAULT = new SimPo(2.0, 0.25);

        public SimPo {
            requireBeta(beta);
            requireNotNegative("targetMargin", targetMargin);
        }
    }

    /// Any loss of one margin, divided by beta: a change of beta no longer changes how long a step
    /// is.
    ///
    /// @param objective the loss; it must be a function of one margin, as dpo, ipo, hinge, simpo or
    ///     exo
    @Source("ours: no paper was found that studies it")
    record OverBeta(ObjectiveSpec objective) implements ObjectiveSpec {
        public static final OverBeta DEFAULT = new OverBeta(Dpo.DEFAULT);

        public OverBeta {
            Objectives.divided(objective);
        }

        @Override
        public double beta() {
            return objective.beta();
        }
    }

    /// A difference of inverse perplexities, without a reference and without a sigmoid.
    ///
    /// @param beta multiplies the loss; 1 as in the paper, which has none
    @Source("Xiao et al. 2025, arXiv 2502.00883")
    record SimPer(double beta) implements ObjectiveSpec {
        public static final SimPer DEFAULT = new SimPer(1);

        public SimPer {
            requireBeta(beta);
        }
    }

    /// Margin-adaptive DPO: pairs weighted by how far their explicit scores lie apart.
    ///
    /// @param beta             as for DPO
    /// @param leastCoefficient the code's c_min, for pairs far apart, in (0, 1); its 0.5
    /// @param mostCoefficient  the code's c_max, for pairs close together, > 1; its 2
    /// @param steepness        the code's lambda, > 0; its 1
    /// @param threshold        the code's tau, difference of scores that is neither, > 0; its 2
    @Source("Rho 2025, arXiv 2510.05342")
    record Madpo(double beta, double leastCoefficient, double mostCoefficient, double steepness, double threshold)
            implements ObjectiveSpec {
        public static final Madpo DEFAULT = new Madpo(0.1, 0.5, 2, 1, 2);

        public Madpo {
            requireBeta(beta);
            require("leastCoefficient", leastCoefficient > 0 && leastCoefficient < 1, "in (0, 1)", leastCoefficient);
            require(
                    "mostCoefficient",
                    mostCoefficient > 1 && mostCoefficient < Double.POSITIVE_INFINITY,
                    "> 1",
                    mostCoefficient);
            requirePositive("steepness", steepness);
            requirePositive("threshold", threshold);
        }
    }

    /// DPO with a target margin of each pair: higher for pairs that are told apart, lower for
    /// ambiguous ones.
    ///
    /// @param beta         as for DPO
    /// @param targetMargin gamma_0 over beta, nats, > 0; ours: 4, which is 0.4 with beta inside as
    ///     in the configurations for SimPO
    /// @param tau          how much targets are held together, > 0; 10 as in a configuration of the
    ///     authors
    @Source("gamma-PO: Sun et al. 2025, arXiv 2506.03690")
    record GammaDpo(double beta, double targetMargin, double tau) implements ObjectiveSpec {
        public static final GammaDpo DEFAULT = new GammaDpo(0.1, 4, 10);

        public GammaDpo {
            requireBeta(beta);
            requirePositive("targetMargin", targetMargin);
            requirePositive("tau", tau);
        }
    }

    /// SimPO with a target margin of each pair.
    ///
    /// @param beta         as for SimPO; 10 as in the authors' configuration for Llama 3
    /// @param targetMargin gamma_0 over beta, nats per token, > 0; 0.4 likewise
    /// @param tau          how much targets are held together, > 0; 10 likewise
    @Source("gamma-PO: Sun et al. 2025, arXiv 2506.03690")
    record GammaSimPo(double beta, double targetMargin, double tau) implements ObjectiveSpec {
        public static final GammaSimPo DEFAULT = new GammaSimPo(10, 0.4, 10);

        public GammaSimPo {
            requireBeta(beta);
            requirePositive("targetMargin", targetMargin);
            requirePositive("tau", tau);
        }
    }

    /// Odds ratio preference optimization, without a reference.
    ///
    /// @param beta       the paper's lambda, weight of the odds-ratio loss; 0.1
    /// @param likelihood how the chosen log-likelihood beside it is scaled; per response in the
    ///     paper
    @Source("Hong et al. 2024, arXiv 2403.07691")
    record Orpo(double beta, LikelihoodScale likelihood) implements ObjectiveSpec {
        public static final Orpo DEFAULT = new Orpo(0.1, LikelihoodScale.RESPONSE_MEAN);

        public Orpo {
            requireBeta(beta);
        }
    }

    /// Contrastive preference optimization, without a reference.
    ///
    /// @param beta             multiplies the margin of log-probabilities; the paper's 0.1
    /// @param likelihoodWeight weight of the chosen log-likelihood, ≥ 0; 1
    /// @param likelihood       how that log-likelihood is scaled; over all tokens of the batch as
    ///     in TRL
    @Source("Xu et al. 2024, arXiv 2401.08417")
    record Cpo(double beta, double likelihoodWeight, LikelihoodScale likelihood) implements ObjectiveSpec {
        public static final Cpo DEFAULT = new Cpo(0.1, 1, LikelihoodScale.BATCH_MEAN);

        public Cpo {
            requireBeta(beta);
            requireNotNegative("likelihoodWeight", likelihoodWeight);
        }
    }

    /// Rank responses to align with human feedback, for two responses.
    ///
    /// @param beta        weight of the ranking loss; 1 as in every published script
    /// @param lengthPower power of the length that a log-probability is divided by, ≥ 0; 1
    @Source("Yuan et al. 2023, arXiv 2304.05302")
    record Rrhf(double beta, double lengthPower) implements ObjectiveSpec {
        public static final Rrhf DEFAULT = new Rrhf(1, 1);

        public Rrhf {
            requireBeta(beta);
            requireNotNegative("lengthPower", lengthPower);
        }
    }

    /// Length-regularised DPO.
    ///
    /// @param beta  as for DPO
    /// @param alpha reward taken from each token, nats, ≥ 0; 0.05, the smallest of the grid in
    ///     SimPO's comparison
    @Source("Park et al. 2024, arXiv 2403.19159")
    record Rdpo(double beta, double alpha) implements ObjectiveSpec {
        public static final Rdpo DEFAULT = new Rdpo(0.1, 0.05);

        public Rdpo {
            requireBeta(beta);
            requireNotNegative("alpha", alpha);
        }
    }

    /// DPO with the chosen log-likelihood beside it, as in RPO and iterative reasoning preference
    /// optimization.
    ///
    /// @param beta             as for DPO
    /// @param likelihoodWeight weight of the chosen log-likelihood, ≥ 0; 1 as in iterative RPO
    ///     (RPO: 0.005)
    /// @param likelihood       how that log-likelihood is scaled; per response
    @Source("Pang et al. 2024, arXiv 2404.19733; Liu et al. 2024, arXiv 2405.16436")
    record Rpo(double beta, double likelihoodWeight, LikelihoodScale likelihood) implements ObjectiveSpec {
        public static final Rpo DEFAULT = new Rpo(0.1, 1, LikelihoodScale.RESPONSE_MEAN);

        public Rpo {
            requireBeta(beta);
            requireNotNegative("likelihoodWeight", likelihoodWeight);
        }
    }

    /// Length-desensitised DPO.
    ///
    /// @param beta            as for DPO
    /// @param tailWeight      weight of tokens beyond the shorter response, in [0, 1]; the
    ///     suggested 0.5
    /// @param weighsReference whether the reference is weighted as well, as in TRL, and not only
    ///     the policy
    @Source("Liu et al. 2024, arXiv 2409.06411")
    record LdDpo(double beta, double tailWeight, boolean weighsReference) implements ObjectiveSpec {
        public static final LdDpo DEFAULT = new LdDpo(0.1, 0.5, true);

        public LdDpo {
            requireBeta(beta);
            require("tailWeight", tailWeight >= 0 && tailWeight <= 1, "in [0, 1]", tailWeight);
        }
    }

    /// Any pair objective, weighted by how likely the policy itself would write the pair.
    ///
    /// @param objective what is weighted; DPO with the paper's beta of 0.01
    /// @param clamped   whether a weight is at most 1, as in the authors' code
    @Source("Zhou et al. 2024, arXiv 2406.11827")
    record Wpo(ObjectiveSpec objective, boolean clamped) implements ObjectiveSpec {
        public static final Wpo DEFAULT = new Wpo(new Dpo(0.01), true);

        public Wpo {
            if (objective.create().rows() == RowKind.ANSWERS) {
                throw new IllegalArgumentException("objective must learn from pairs");
            }
        }

        @Override
        public double beta() {
            return objective.beta();
        }
    }

    /// DPO under another divergence from the reference than reverse KL.
    ///
    /// @param beta       as for DPO
    /// @param divergence which divergence
    /// @param alpha      of the alpha-divergence, in (0, 1), as in the paper: towards 0 reverse,
    ///     towards 1 forward KL; other divergences do not read it, and refuse another value than
    ///     0.5
    @Source("Wang et al. 2023, arXiv 2309.16240")
    record Fdpo(double beta, Divergence divergence, double alpha) implements ObjectiveSpec {
        public static final Fdpo DEFAULT = new Fdpo(0.1, Divergence.JENSEN_SHANNON, 0.5);

        public Fdpo {
            requireBeta(beta);
            require("alpha", alpha > 0 && alpha < 1, "in (0, 1)", alpha);
            require("alpha", divergence == Divergence.ALPHA || alpha == 0.5, "0.5 unless divergence is alpha", alpha);
        }
    }

    /// DPO on log-ratios per token, as in Tülu 3.
    ///
    /// @param beta multiplies a mean per token; Tülu 3's 5
    @Source("Lambert et al. 2024, arXiv 2411.15124")
    record SigmoidNorm(double beta) implements ObjectiveSpec {
        public static final SigmoidNorm DEFAULT = new SigmoidNorm(5);

        public SigmoidNorm {
            requireBeta(beta);
        }
    }

    /// Token-level DPO, first form: forward KL of both responses in the margin.
    ///
    /// @param beta as for DPO
    @Source("Zeng et al. 2024, arXiv 2404.11999")
    record Tdpo1(double beta) implements ObjectiveSpec {
        public static final Tdpo1 DEFAULT = new Tdpo1(0.1);

        public Tdpo1 {
            requireBeta(beta);
        }
    }

    /// Token-level DPO, second form: forward KL weighted, and constant for the chosen response.
    ///
    /// @param beta  as for DPO
    /// @param alpha weight of the divergence, ≥ 0; the paper's 0.5
    @Source("Zeng et al. 2024, arXiv 2404.11999")
    record Tdpo2(double beta, double alpha) implements ObjectiveSpec {
        public static final Tdpo2 DEFAULT = new Tdpo2(0.1, 0.5);

        public Tdpo2 {
            requireBeta(beta);
            requireNotNegative("alpha", alpha);
        }
    }

    /// SimPO with a target margin that follows how far policy and reference already tell a pair
    /// apart.
    ///
    /// @param beta         as for SimPO; 2.5, the authors' setting for Mistral-Instruct
    /// @param targetMargin the paper's `gamma / beta`, nats per token, ≥ 0; 0.15
    /// @param alpha        weight of the standardised margin, ≥ 0, inside beta as in the code; 0.05
    @Source("Wu et al. 2024, arXiv 2410.10148")
    record AlphaDpo(double beta, double targetMargin, double alpha) implements ObjectiveSpec {
        public static final AlphaDpo DEFAULT = new AlphaDpo(2.5, 0.15, 0.05);

        public AlphaDpo {
            requireBeta(beta);
            requireNotNegative("targetMargin", targetMargin);
            requireNotNegative("alpha", alpha);
        }
    }

    /// Kahneman-Tversky optimization on single answers that are labelled desirable or undesirable.
    ///
    /// @param beta              as for DPO
    /// @param desirableWeight   the paper's lambda_D, > 0; 1
    /// @param undesirableWeight the paper's lambda_U, > 0; 1. The weights times the counts of their
    ///     classes should be in a ratio between 1 and 4/3
    @Source("Ethayarajh et al. 2024, arXiv 2402.01306")
    record Kto(double beta, double desirableWeight, double undesirableWeight) implements ObjectiveSpec {
        public static final Kto DEFAULT = new Kto(0.1, 1, 1);

        public Kto {
            requireBeta(beta);
            requireKtoWeights(desirableWeight, undesirableWeight);
        }
    }

    /// Kahneman-Tversky optimization on pairs: each response measured against the mean of the other
    /// side.
    ///
    /// @param beta              as for DPO
    /// @param desirableWeight   as for [Kto]
    /// @param undesirableWeight as for [Kto]
    @Source("Ethayarajh et al. 2024, arXiv 2402.01306; kto_pair of TRL 0.8")
    record KtoPair(double beta, double desirableWeight, double undesirableWeight) implements ObjectiveSpec {
        public static final KtoPair DEFAULT = new KtoPair(0.1, 1, 1);

        public KtoPair {
            requireBeta(beta);
            requireKtoWeights(desirableWeight, undesirableWeight);
        }
    }

    /// Negative log-likelihood of the chosen response, a term for [Sum]. Beta plays no part.
    ///
    /// @param likelihood what the log-likelihood is divided by
    @Source("maximum likelihood")
    record Nll(LikelihoodScale likelihood) implements ObjectiveSpec {
        public static final Nll DEFAULT = new Nll(LikelihoodScale.RESPONSE_MEAN);

        @Override
        public double beta() {
            return 1;
        }
    }

    /// A weighted sum of objectives; the first one's score is the margin, and its beta is beta_0.
    ///
    /// @param terms at least one; the default is the mix of MPO: 0.8 DPO, 0.2 BCO, 1 likelihood
    @Source("MPO: Wang et al. 2024, arXiv 2411.10442")
    record Sum(List<Term> terms) implements ObjectiveSpec {
        public static final Sum DEFAULT =
                new Sum(List.of(new Term(0.8, Dpo.DEFAULT), new Term(0.2, new Bco(0.1)), new Term(1, Nll.DEFAULT)));

        public Sum {
            terms = List.copyOf(terms);
            if (terms.isEmpty()) {
                throw new IllegalArgumentException("terms must name at least one objective");
            }
            List<RowKind> kinds = terms.stream()
                    .map(term -> term.objective().create().rows())
                    .filter(kind -> kind != RowKind.ANY)
                    .distinct()
                    .toList();
            if (kinds.size() > 1) {
                throw new IllegalArgumentException(
                        "terms must learn from the same rows but some need pairs and some" + " need labelled answers");
            }
            if (terms.stream()
                            .filter(term -> term.objective().create().keepsStatistics())
                            .count()
                    > 1) {
                throw new IllegalArgumentException(
                        "terms must hold at most one objective that keeps running" + " statistics (bco, alphadpo)");
            }
        }

        @Override
        public double beta() {
            return terms.getFirst().objective().beta();
        }

        /// One objective of a sum.
        ///
        /// @param weight    factor of the loss, finite, not zero
        /// @param objective what it costs
        public record Term(double weight, ObjectiveSpec objective) {
            public static final Term DEFAULT = new Term(1, Dpo.DEFAULT);

            public Term {
                require("weight", Double.isFinite(weight) && weight != 0, "finite and not 0", weight);
            }
        }
    }

    private static void requireBeta(double beta) {
        require("beta", beta > 0 && beta < Double.POSITIVE_INFINITY, "> 0", beta);
    }

    private static void requirePositive(String name, double value) {
        require(name, value > 0 && value < Double.POSITIVE_INFINITY, "> 0", value);
    }

    private static void requireNotNegative(String name, double value) {
        require(name, value >= 0 && value < Double.POSITIVE_INFINITY, "≥ 0", value);
    }

    private static void requireSmoothing(double labelSmoothing) {
        require("labelSmoothing", labelSmoothing >= 0 && labelSmoothing < 0.5, "in [0, 0.5)", labelSmoothing);
    }

    private static void requireKtoWeights(double desirable, double undesirable) {
        require("desirableWeight", desirable > 0 && desirable < Double.POSITIVE_INFINITY, "> 0", desirable);
        require("undesirableWeight", undesirable > 0 && undesirable < Double.POSITIVE_INFINITY, "> 0", undesirable);
    }
}
