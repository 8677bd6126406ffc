package org.betatron.runs;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.data.row.HeldOut.Split;
import org.betatron.data.row.TokenizedRow;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.torch.TorchModel;
import org.betatron.training.Evaluation;
import org.betatron.training.LearningRule;
import org.betatron.training.reference.MovingReference;

/// What one kind of training hands to the session that carries it out.
///
/// @param model           to be trained
/// @param asked           the same model as the rule reads it, with those beside it
/// @param beside          models that learn beside it
/// @param rule            what is learned
/// @param rows            what it is learned from, and measured on
/// @param evaluation      how it is measured
/// @param movingReference the reference, if it follows the policy
/// @param afterSaving    called with the trained model still open, after the last step
/// @param gaps            gap of each held-out row at the newest evaluation, asked at the end
record Training<R extends TokenizedRow, Q, S>(
        TorchModel model,
        DifferentiableModel asked,
        List<Beside> beside,
        LearningRule<R, Q, S> rule,
        Split<? extends TokenizedRow> rows,
        Evaluation<S> evaluation,
        Optional<MovingReference<S>> movingReference,
        Runnable afterSaving,
        Supplier<List<HeldOutGap>> gaps) {

    /// A model that learns beside the one that a run is about.
    ///
    /// @param name  its directory in checkpoints
    /// @param model borrowed
    /// @param rate  factor on the run's learning rate
    record Beside(String name, TorchModel model, double rate) {}
}
