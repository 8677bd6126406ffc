package org.betatron.training.reference;

import java.util.function.UnaryOperator;
import org.betatron.core.model.TrainableModel;
import org.betatron.training.reference.ReferenceUpdateSpec.OnUpdate;

/// A reference model that follows the policy during training.
///
/// @param model borrowed
/// @param spec  how it follows
/// @param anew  what a rule goes on from where it shall forget what it measured against the old reference
public record MovingReference<S>(TrainableModel model, ReferenceUpdateSpec.Blend spec, UnaryOperator<S> anew) {

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
    public S follow(TrainableModel policy, S state) {
        model.moveTowards(policy, spec.share());
        return spec.statistics() == OnUpdate.KEEP ? state : anew.apply(state);
    }
}
