package org.betatron.core.alignment;

import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.alignment.GapSpec.GapSource;
import org.betatron.core.alignment.GapSpec.Scope;
import org.betatron.core.alignment.GapSpec.UpdateOrder;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.selection.SelectionSpec;

/// What an alignment run learns: four independent choices, and the gap that two of them look at.
///
/// @param objective   what a pair costs
/// @param calibration how sharp each preference is
/// @param selection   which pairs count
/// @param aggregation how losses become one number
/// @param gap         what the reward gap is
public record AlignmentSpec(
        ObjectiveSpec objective,
        CalibrationSpec calibration,
        SelectionSpec selection,
        AggregationSpec aggregation,
        GapSpec gap) {

    /// beta-DPO (arXiv 2407.08639): DPO with batch-level dynamic beta and beta-guided selection.
    public static final AlignmentSpec DEFAULT = new AlignmentSpec(
            ObjectiveSpec.Dpo.DEFAULT,
            CalibrationSpec.Batch.DEFAULT,
            SelectionSpec.Gaussian.DEFAULT,
            AggregationSpec.Mean.DEFAULT,
            GapSpec.DEFAULT);

    /// Plain DPO (arXiv 2305.18290).
    public static final AlignmentSpec DPO = new AlignmentSpec(
            ObjectiveSpec.Dpo.DEFAULT,
            CalibrationSpec.Fixed.DEFAULT,
            SelectionSpec.None.DEFAULT,
            AggregationSpec.Mean.DEFAULT,
            GapSpec.DEFAULT);

    /// The choices of the published code of beta-DPO where they differ from the method as defined:
    /// raw gap, averages that start at zero uncorrected, and every decision per micro-batch.
    public static final AlignmentSpec PUBLISHED_CODE = new AlignmentSpec(
            ObjectiveSpec.Dpo.DEFAULT,
            new CalibrationSpec.Batch(0.6, 0.01, Double.MAX_VALUE),
            SelectionSpec.Gaussian.DEFAULT,
            AggregationSpec.Mean.DEFAULT,
            new GapSpec(GapSource.MARGIN, 0.9, false, UpdateOrder.BEFORE_USE, Scope.MICRO_BATCH));

    /// DPO without a beta to choose: one that follows how far the policy has moved on the answers,
    /// and a loss that is divided by it, so that it decides about pairs and not about steps. Ours.
    public static final AlignmentSpec AUTO = new AlignmentSpec(
            ObjectiveSpec.OverBeta.DEFAULT,
            CalibrationSpec.Auto.DEFAULT,
            SelectionSpec.None.DEFAULT,
            AggregationSpec.Mean.DEFAULT,
            GapSpec.DEFAULT);

    /// @return the composition that this describes
    public Alignment create() {
        return new Alignment(
                objective.create(),
                objective.beta(),
                calibration.create(),
                selection.create(),
                aggregation.create(),
                gap);
    }
}
