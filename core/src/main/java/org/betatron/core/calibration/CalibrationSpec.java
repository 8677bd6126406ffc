package org.betatron.core.calibration;

import static org.betatron.core.Numbers.require;

import org.betatron.core.Source;
import org.betatron.core.calibration.LinearCalibration.Level;
import org.betatron.core.calibration.ScheduledCalibration.Shape;

/// Which calibration of beta a run uses, with its parameters. Beta_0 itself belongs to the
/// objective.
///
/// `sensitivity` is the paper's alpha for gaps that include beta_0. The published code measures
/// gaps without beta_0, and `alpha_paper = a_code / beta_0`: its `a = 0.6` at beta_0 = 0.1 is a
/// sensitivity of 6 here.
///
/// Bounds are ratios to beta_0, so that they hold for every objective: beta stays in `[minRatio,
/// maxRatio] * beta_0`. The published code's absolute floor of 1e-3 is the ratio 0.01 at its beta_0
/// of 0.1.
public sealed interface CalibrationSpec {

    /// @return the calibration that this describes
    default Calibration create() {
        return switch (this) {
            case Perturbation spec -> new PerturbationCalibration(spec.epsilon());
            case Fixed _ -> new FixedCalibration();
            case Instance spec ->
                new LinearCalibration(
                        Level.INSTANCE,
                        spec.sensitivity(),
                        spec.unit(),
                        spec.compared(),
                        0,
                        spec.minRatio(),
                        spec.maxRatio());
            case Batch spec ->
                new LinearCalibration(
                        Level.BATCH,
                        spec.sensitivity(),
                        spec.unit(),
                        spec.compared(),
                        0,
                        spec.minRatio(),
                        spec.maxRatio());
            case Population spec ->
                new LinearCalibration(
                        Level.POPULATION,
                        spec.sensitivity(),
                        spec.unit(),
                        ComparedPairs.ALL,
                        spec.targetGap(),
                        spec.minRatio(),
                        spec.maxRatio());
            case Auto spec -> new AutoCalibration(spec.target(), spec.stiffness(), spec.minRatio(), spec.maxRatio());
            case Schedule spec -> new ScheduledCalibration(spec.shape(), spec.finalRatio());
            case Signal spec ->
                new SignalCalibration(
                        spec.rate(), spec.target(), spec.threshold(), spec.latched(), spec.minRatio(), spec.maxRatio());
            case Divergence spec ->
                new DivergenceCalibration(
                        spec.target(),
                        spec.rate(),
                        spec.fast(),
                        spec.estimate() == DivergenceEstimate.VOCABULARY,
                        spec.minRatio(),
                        spec.maxRatio());
        };
    }

    /// The objective's beta_0 throughout: plain DPO.
    @Source("Rafailov et al. 2023, arXiv 2305.18290")
    record Fixed() implements CalibrationSpec {
        public static final Fixed DEFAULT = new Fixed();
    }

    /// One beta per batch, from the mean gap of its kept pairs: the method of beta-DPO.
    ///
    /// @param sensitivity the paper's alpha, finite; 0.6 as in the published code's example, in the
    ///     paper's range [0, 1]; a negative one turns the direction round; ours
    /// @param unit        what it is per: the gap, as published, or its deviation
    /// @param compared    which pairs the batch's mean and `M_0` are of
    /// @param minRatio    floor of beta over beta_0, in (0, 1]
    /// @param maxRatio    ceiling of beta over beta_0, ≥ 1; ours: 10
    @Source("Wu et al. 2024, arXiv 2407.08639, batch-level calibration")
    record Batch(double sensitivity, SensitivityUnit unit, ComparedPairs compared, double minRatio, double maxRatio)
            implements CalibrationSpec {
        public static final Batch DEFAULT = new Batch(0.6, 0.01, 10);

        public Batch {
            requireLinear(sensitivity, minRatio, maxRatio);
        }

        /// As published: per unit of the gap, kept pairs against all.
        public Batch(double sensitivity, double minRatio, double maxRatio) {
            this(sensitivity, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, minRatio, maxRatio);
        }
    }

    /// One beta per pair, from its own gap. Outliers in the gap become outliers in beta.
    ///
    /// @param sensitivity as for [Batch]
    /// @param unit        as for [Batch]
    /// @param compared    which pairs `M_0` is of: all, or kept ones
    /// @param minRatio    as for [Batch]
    /// @param maxRatio    as for [Batch]
    @Source("Wu et al. 2024, arXiv 2407.08639, instance-level calibration")
    record Instance(double sensitivity, SensitivityUnit unit, ComparedPairs compared, double minRatio, double maxRatio)
            implements CalibrationSpec {
        public static final Instance DEFAULT = new Instance(0.6, 0.01, 10);

        public Instance {
            requireLinear(sensitivity, minRatio, maxRatio);
        }

        /// As published: per unit of the gap, against all pairs.
        public Instance(double sensitivity, double minRatio, double maxRatio) {
            this(sensitivity, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, minRatio, maxRatio);
        }
    }

    /// One beta for the whole population, from the mean of every gap seen so far.
    ///
    /// @param sensitivity as for [Batch]
    /// @param unit        as for [Batch]
    /// @param targetGap   gap at which beta equals beta_0, in units of the gap, finite; the moving
    ///     M_0 cannot serve here, since it is itself the population's recent mean
    /// @param minRatio    as for [Batch]
    /// @param maxRatio    as for [Batch]
    @Source("Wu et al. 2024, arXiv 2407.08639, population-level calibration")
    record Population(double sensitivity, SensitivityUnit unit, double targetGap, double minRatio, double maxRatio)
            implements CalibrationSpec {
        public static final Population DEFAULT = new Population(0.6, 0, 0.01, 10);

        /// As published: per unit of the gap.
        public Population(double sensitivity, double targetGap, double minRatio, double maxRatio) {
            this(sensitivity, SensitivityUnit.GAP, targetGap, minRatio, maxRatio);
        }

        public Population {
            requireLinear(sensitivity, minRatio, maxRatio);
            require("targetGap", Double.isFinite(targetGap), "finite", targetGap);
        }
    }

    /// One beta per pair, from whether going further from the reference would separate it better;
    /// the beta that this starts from moves with it.
    ///
    /// @param epsilon how far policy and reference are extrapolated, and the relative step of beta,
    ///     in (0, 1); 0.01 as in the authors' code
    @Source("epsilon-DPO: Lee et al. 2025, arXiv 2502.13177")
    record Perturbation(double epsilon) implements CalibrationSpec {
        public static final Perturbation DEFAULT = new Perturbation(0.01);

        public Perturbation {
            require("epsilon", epsilon > 0 && epsilon < 1, "in (0, 1)", epsilon);
        }
    }

    /// A beta that follows the course of the run and not the data.
    ///
    /// @param shape      of the curve from beta_0 on
    /// @param finalRatio beta at the end over beta_0, > 0; ours: 0.1
    @Source("ours, after the schedules that LSC-DPO is compared with, arXiv 2610.07592")
    record Schedule(Shape shape, double finalRatio) implements CalibrationSpec {
        public static final Schedule DEFAULT = new Schedule(Shape.COSINE, 0.1);

        public Schedule {
            require("finalRatio", finalRatio > 0 && finalRatio < Double.POSITIVE_INFINITY, "> 0", finalRatio);
        }
    }

    /// One beta that is moved from batch to batch so that the learning signal `sigmoid(-beta m)`
    /// stays near a target.
    ///
    /// @param rate      eta, > 0; the paper's 0.1
    /// @param target    the margin times beta that is aimed at, > 0; the paper's z* of 0.4
    /// @param threshold signal below which the controller acts, in (0, 1); the paper's tau is 0.40
    ///     to 0.45
    /// @param latched   whether a controller that has acted goes on, as the paper's text has it;
    ///     its code asks at each batch
    /// @param minRatio  floor of beta over beta_0, in (0, 1]; ours, the paper has none
    /// @param maxRatio  ceiling of beta over beta_0, ≥ 1; ours
    @Source("LSC-DPO: Qu et al. 2026, arXiv 2610.07592")
    record Signal(double rate, double target, double threshold, boolean latched, double minRatio, double maxRatio)
            implements CalibrationSpec {
        public static final Signal DEFAULT = new Signal(0.1, 0.4, 0.45, false, 0.01, 100);

        public Signal {
            require("rate", rate > 0 && rate < Double.POSITIVE_INFINITY, "> 0", rate);
            require("target", target > 0 && target < Double.POSITIVE_INFINITY, "> 0", target);
            require("threshold", threshold > 0 && threshold < 1, "in (0, 1)", threshold);
            requireBounds(minRatio, maxRatio);
        }
    }

    /// One beta that is moved from batch to batch so that the policy stays at a distance from its
    /// reference.
    ///
    /// @param target   nats per answer, > 0
    /// @param rate     how fast beta follows the moving average, > 0
    /// @param fast     how much the beta of a batch follows this batch alone, in [0, 1]
    /// @param estimate how the distance is measured
    /// @param minRatio floor of beta over beta_0, in (0, 1]
    /// @param maxRatio ceiling of beta over beta_0, ≥ 1
    @Source("ours, after DualLoop-DPO (AAAI 2026), of which only the abstract could be read")
    record Divergence(
            double target, double rate, double fast, DivergenceEstimate estimate, double minRatio, double maxRatio)
            implements CalibrationSpec {
        public static final Divergence DEFAULT = new Divergence(4, 0.1, 0, DivergenceEstimate.ANSWERS, 0.01, 100);

        public Divergence {
            require("target", target > 0 && target < Double.POSITIVE_INFINITY, "> 0", target);
            require("rate", rate > 0 && rate < Double.POSITIVE_INFINITY, "> 0", rate);
            require("fast", fast >= 0 && fast <= 1, "in [0, 1]", fast);
            requireBounds(minRatio, maxRatio);
        }
    }

    /// A beta for runs that set none: from the length of answers and how far the policy has moved
    /// on them. The objective's beta counts for what is told of held-out pairs, and not for
    /// training.
    ///
    /// @param target    nats per token that the policy shall move on the answers of the data, > 0
    /// @param stiffness how strongly beta follows the distance, ≥ 0; 0 for not at all
    /// @param minRatio  floor of beta, as a share of one over the target in nats per answer, in (0,
    ///     1]
    /// @param maxRatio  ceiling of it, ≥ 1
    @Source("ours")
    record Auto(double target, double stiffness, double minRatio, double maxRatio) implements CalibrationSpec {
        public static final Auto DEFAULT = new Auto(0.1, 1, 0.1, 10);

        public Auto {
            require("target", target > 0 && target < Double.POSITIVE_INFINITY, "> 0", target);
            require("stiffness", stiffness >= 0 && stiffness < Double.POSITIVE_INFINITY, "≥ 0", stiffness);
            requireBounds(minRatio, maxRatio);
        }
    }

    /// How far the policy is from its reference, measured on the answers of the data.
    enum DivergenceEstimate {

        /// `log q(y) - log p(y)`: needs nothing beside what DPO needs. Unbiased where the reference
        /// wrote the answers; may be negative where it did not.
        ANSWERS,

        /// `sum_t KL(q_t || p_t)`, exact over the vocabulary at each token: the reference runs beside the policy.
        VOCABULARY
    }

    private static void requireLinear(double sensitivity, double minRatio, double maxRatio) {
        require("sensitivity", Double.isFinite(sensitivity), "finite", sensitivity);
        requireBounds(minRatio, maxRatio);
    }

    private static void requireBounds(double minRatio, double maxRatio) {
        require("minRatio", minRatio > 0 && minRatio <= 1, "in (0, 1]", minRatio);
        require("maxRatio", maxRatio >= 1 && maxRatio < Double.POSITIVE_INFINITY, "≥ 1", maxRatio);
    }
}
