package org.betatron.core.alignment;

import static org.betatron.core.Numbers.require;

import java.util.Objects;
import org.betatron.core.statistics.RunningMoments;
import org.jspecify.annotations.Nullable;

/// What an alignment remembers from batch to batch: a value, owned by training, lent to evaluation, saved
/// in checkpoints.
///
/// @param gaps      running moments of the reward gap
/// @param tracked   running moments of what the objective itself follows: BCO's scores, alpha-DPO's margins
/// @param betaRatio what a calibration made of beta_0 so far, as a factor, > 0; 1 for those that start
///     anew each time
/// @param kept      running moments of the reward gap of kept pairs
/// @param followed  running moments of what the calibration follows
public record AlignmentState(
        RunningMoments gaps, RunningMoments tracked, double betaRatio, RunningMoments kept, RunningMoments followed) {

    /// Nothing seen yet.
    public static final AlignmentState START = of(RunningMoments.EMPTY, RunningMoments.EMPTY, 1);

    /// @param kept     null where an earlier version wrote the state: it had none
    /// @param followed likewise
    public AlignmentState(
            RunningMoments gaps,
            RunningMoments tracked,
            double betaRatio,
            @Nullable RunningMoments kept,
            @Nullable RunningMoments followed) {
        this.gaps = Objects.requireNonNull(gaps, "gaps");
        this.tracked = Objects.requireNonNull(tracked, "tracked");
        this.betaRatio = betaRatio;
        this.kept = kept == null ? RunningMoments.EMPTY : kept;
        this.followed = followed == null ? RunningMoments.EMPTY : followed;
        require("betaRatio", betaRatio > 0 && betaRatio < Double.POSITIVE_INFINITY, "> 0", betaRatio);
    }

    /// @return what is left when margins are measured against another reference: running moments of the old ones
    ///     would mislead, the ratio stays
    public AlignmentState againstAnotherReference() {
        return of(RunningMoments.EMPTY, RunningMoments.EMPTY, betaRatio);
    }

    /// @return a state of calibrations that look at neither kept pairs nor numbers of their own
    public static AlignmentState of(RunningMoments gaps, RunningMoments tracked, double betaRatio) {
        return new AlignmentState(gaps, tracked, betaRatio, RunningMoments.EMPTY, RunningMoments.EMPTY);
    }
}
