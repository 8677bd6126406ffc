package org.betatron.core.calibration;

import static org.betatron.core.Numbers.require;

import org.betatron.core.Source;
import org.betatron.core.calibration.LinearCalibration.Level;

/// Which calibration of beta a run uses, with its parameters. Beta_0 itself belongs to the objective.
///
/// `sensitivity` is the paper's alpha for gaps that include beta_0. The published code measures gaps
/// without beta_0, and `alpha_paper = a_code / beta_0`: its `a = 0.6` at beta_0 = 0.1 is a sensitivity
/// of 6 here.
///
/// Bounds are ratios to beta_0, so that they hold for every objective: beta stays in `[minRatio,
/// maxRatio] * beta_0`. The published code's absolute floor of 1e-3 is the ratio 0.01 at its beta_0 of 0.1.
public sealed interface CalibrationSpec {

    /// @return the calibration that this describes
    default Calibration create() {
        return switch (this) {
            case Perturbation spec -> new PerturbationCalibration(spec.epsilon());
            case Fixed _ -> new FixedCalibration();
            case Instance spec ->
                new LinearCalibration(Level.INSTANCE, spec.sensitivity(), 0, spec.minRatio(), spec.maxRatio());
            case Batch spec ->
                new LinearCalibration(Level.BATCH, spec.sensitivity(), 0, spec.minRatio(), spec.maxRatio());
            case Population spec ->
                new LinearCalibration(
                        Level.POPULATION, spec.sensitivity(), spec.targetGap(), spec.minRatio(), spec.maxRatio());
        };
    }

    /// The objective's beta_0 throughout: plain DPO.
    @Source("Rafailov et al. 2023, arXiv 2305.18290")
    record Fixed() implements CalibrationSpec {
        public static final Fixed DEFAULT = new Fixed();
    }

    /// One beta per batch, from the mean gap of its kept pairs: the method of beta-DPO.
    ///
    /// @param sensitivity the paper's alpha, ≥ 0; 0.6 as in the published code's example, in the
    ///     paper's range [0, 1]
    /// @param minRatio    floor of beta over beta_0, in (0, 1]
    /// @param maxRatio    ceiling of beta over beta_0, ≥ 1; ours: 10
    @Source("Wu et al. 2024, arXiv 2407.08639, batch-level calibration")
    record Batch(double sensitivity, double minRatio, double maxRatio) implements CalibrationSpec {
        public static final Batch DEFAULT = new Batch(0.6, 0.01, 10);

        public Batch {
            requireLinear(sensitivity, minRatio, maxRatio);
        }
    }

    /// One beta per pair, from its own gap. Outliers in the gap become outliers in beta.
    ///
    /// @param sensitivity as for [Batch]
    /// @param minRatio    as for [Batch]
    /// @param maxRatio    as for [Batch]
    @Source("Wu et al. 2024, arXiv 2407.08639, instance-level calibration")
    record Instance(double sensitivity, double minRatio, double maxRatio) implements CalibrationSpec {
        public static final Instance DEFAULT = new Instance(0.6, 0.01, 10);

        public Instance {
            requireLinear(sensitivity, minRatio, maxRatio);
        }
    }

    /// One beta for the whole population, from the mean of every gap seen so far.
    ///
    /// @param sensitivity as for [Batch]
    /// @param targetGap   gap at which beta equals beta_0, in units of the gap, finite; the moving M_0
    ///     cannot serve here, since it is itself the population's recent mean
    /// @param minRatio    as for [Batch]
    /// @param maxRatio    as for [Batch]
    @Source("Wu et al. 2024, arXiv 2407.08639, population-level calibration")
    record Population(double sensitivity, double targetGap, double minRatio, double maxRatio)
            implements CalibrationSpec {
        public static final Population DEFAULT = new Population(0.6, 0, 0.01, 10);

        public Population {
            requireLinear(sensitivity, minRatio, maxRatio);
            require("targetGap", Double.isFinite(targetGap), "finite", targetGap);
        }
    }

    /// One beta per pair, from whether going further from the reference would separate it better; the beta
    /// that this starts from moves with it.
    ///
    /// @param epsilon how far policy and reference are extrapolated, and the relative step of beta, in (0, 1);
    ///     0.01 as in the authors' code
    @Source("epsilon-DPO: Lee et al. 2025, arXiv 2502.13177")
    record Perturbation(double epsilon) implements CalibrationSpec {
        public static final Perturbation DEFAULT = new Perturbation(0.01);

        public Perturbation {
            require("epsilon", epsilon > 0 && epsilon < 1, "in (0, 1)", epsilon);
        }
    }

    private static void requireLinear(double sensitivity, double minRatio, double maxRatio) {
        require("sensitivity", sensitivity >= 0 && sensitivity < Double.POSITIVE_INFINITY, "≥ 0", sensitivity);
        require("minRatio", minRatio > 0 && minRatio <= 1, "in (0, 1]", minRatio);
        require("maxRatio", maxRatio >= 1 && maxRatio < Double.POSITIVE_INFINITY, "≥ 1", maxRatio);
    }
}
