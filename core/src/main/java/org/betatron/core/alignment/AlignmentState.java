package org.betatron.core.alignment;

import static org.betatron.core.Numbers.require;

import java.util.Objects;
import org.betatron.core.statistics.RunningMoments;

/// What an alignment remembers from batch to batch: a value, owned by training, lent to evaluation, saved
/// in checkpoints.
///
/// @param gaps      running moments of the reward gap
/// @param tracked   running moments of what the objective itself follows: BCO's scores, alpha-DPO's margins
/// @param betaRatio what a calibration made of beta_0 so far, as a factor, > 0; 1 for all but epsilon-DPO's
public record AlignmentState(RunningMoments gaps, RunningMoments tracked, double betaRatio) {

    /// Nothing seen yet.
    public static final AlignmentState START = new AlignmentState(RunningMoments.EMPTY, RunningMoments.EMPTY, 1);

    public AlignmentState {
        // Read from JSON, which may lack them.
        Objects.requireNonNull(gaps, "gaps");
        Objects.requireNonNull(tracked, "tracked");
        require("betaRatio", betaRatio > 0 && betaRatio < Double.POSITIVE_INFINITY, "> 0", betaRatio);
    }

    /// @return what is left when margins are measured against another reference: running moments of the old ones
    ///     would mislead, the ratio stays
    public AlignmentState againstAnotherReference() {
        return new AlignmentState(RunningMoments.EMPTY, RunningMoments.EMPTY, betaRatio);
    }
}
