package org.betatron.training.reference;

import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.TrainableModel;
import org.betatron.core.statistics.RunningMoments;
import org.betatron.training.reference.ReferenceUpdateSpec.OnUpdate;

/// A reference model that follows the policy during training.
///
/// @param model borrowed
/// @param spec  how it follows
public record MovingReference(TrainableModel model, ReferenceUpdateSpec.Blend spec) {

    /// @param step number of a step that was done
    /// @return whether the reference moves after it
    public boolean isDue(long step) {
        return step % spec.every() == 0;
    }

    /// @param step number of steps that were done
    /// @return how often the reference has moved
    public long numUpdates(long step) {
        return step / spec.every();
    }

    /// Moves the reference.
    ///
    /// @param policy the model to follow
    /// @param state  what the batches so far left
    /// @return what the next batch goes on from
    public AlignmentState follow(TrainableModel policy, AlignmentState state) {
        model.moveTowards(policy, spec.share());
        return spec.statistics() == OnUpdate.KEEP
                ? state
                : new AlignmentState(RunningMoments.EMPTY, RunningMoments.EMPTY, state.betaRatio());
    }
}
