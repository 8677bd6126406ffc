package org.betatron.core.objective;

import static org.betatron.core.Numbers.require;

/// Which objective a run uses, with its parameters: one record per published objective.
///
/// `beta` is beta_0, the strength that a calibration starts from. What it multiplies differs: a summed
/// log-ratio (useful values around 0.01 to 0.5), or a mean per token (around 2 to 10).
public sealed interface ObjectiveSpec {

    /// @return beta_0, > 0
    double beta();

    /// @return the objective that this describes
    default Objective create() {
        return switch (this) {
            case Dpo _ -> new MarginObjective(ResponseScore.LOG_RATIO, new SigmoidLink(0, 0));
            case Cdpo cdpo -> new MarginObjective(ResponseScore.LOG_RATIO, new SigmoidLink(cdpo.labelSmoothing(), 0));
            case Ipo ipo ->
                new MarginObjective(
                        ipo.lengthNormalized() ? ResponseScore.MEAN_LOG_RATIO : ResponseScore.LOG_RATIO,
                        new SquaredLink());
            case SimPo simPo ->
                new MarginObjective(ResponseScore.MEAN_LOG_PROB, new SigmoidLink(0, simPo.targetMargin()));
        };
    }

    /// Direct preference optimization (Rafailov et al. 2023, arXiv 2305.18290).
    ///
    /// @param beta strength of the implicit KL constraint; the paper's 0.1 by default
    record Dpo(double beta) implements ObjectiveSpec {
        public static final Dpo DEFAULT = new Dpo(0.1);

        public Dpo {
            requireBeta(beta);
        }
    }

    /// Conservative DPO: labels are wrong with a known probability (Mitchell 2023).
    ///
    /// @param beta           as for DPO
    /// @param labelSmoothing probability that a label is wrong, in (0, 0.5); ours: 0.1, the note leaves it open
    record Cdpo(double beta, double labelSmoothing) implements ObjectiveSpec {
        public static final Cdpo DEFAULT = new Cdpo(0.1, 0.1);

        public Cdpo {
            requireBeta(beta);
            require("labelSmoothing", labelSmoothing > 0 && labelSmoothing < 0.5, "in (0, 0.5)", labelSmoothing);
        }
    }

    /// Identity preference optimization (Azar et al. 2023, arXiv 2310.12036).
    ///
    /// @param beta             the paper's tau; the target margin is `1 / (2 beta)`
    /// @param lengthNormalized compares log-ratios per token, as TRL does, instead of the paper's sums
    record Ipo(double beta, boolean lengthNormalized) implements ObjectiveSpec {
        public static final Ipo DEFAULT = new Ipo(0.1, false);

        public Ipo {
            requireBeta(beta);
        }
    }

    /// Simple preference optimization, without a reference (Meng et al. 2024, arXiv 2405.14734).
    ///
    /// @param beta         multiplies the mean log-probability per token; 2.0 as in the authors' configuration
    /// @param targetMargin the paper's `gamma / beta`, nats per token, ≥ 0; 0.25 as in the authors'
    ///     configuration. Kept as a ratio so that a dynamic beta scales the margin with it.
    record SimPo(double beta, double targetMargin) implements ObjectiveSpec {
        public static final SimPo DEFAULT = new SimPo(2.0, 0.25);

        public SimPo {
            requireBeta(beta);
            require("targetMargin", targetMargin >= 0 && targetMargin < Double.POSITIVE_INFINITY, "≥ 0", targetMargin);
        }
    }

    private static void requireBeta(double beta) {
        require("beta", beta > 0 && beta < Double.POSITIVE_INFINITY, "> 0", beta);
    }
}
