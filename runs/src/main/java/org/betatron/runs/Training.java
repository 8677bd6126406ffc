package org.betatron.runs;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.betatron.data.row.HeldOut.Split;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.torch.TorchModel;
import org.betatron.training.Evaluation;
import org.betatron.training.LearningRule;
import org.betatron.training.reference.MovingReference;

/// What one kind of training hands to the session that carries it out.
///
/// @param model           to be trained
/// @param rule            what is learned
/// @param rows            what it is learned from, and measured on
/// @param evaluation      how it is measured
/// @param movingReference the reference, if it follows the policy
/// @param beforeSaving    called with the trained model still open, after the last step
/// @param gaps            gap of each held-out row at the newest evaluation, asked at the end
record Training(
        TorchModel model,
        LearningRule rule,
        Split<?> rows,
        Evaluation evaluation,
        Optional<MovingReference> movingReference,
        Runnable beforeSaving,
        Supplier<List<HeldOutGap>> gaps) {

    /// @return training with nothing beside it: no moving reference, no gaps
    static Training of(TorchModel model, LearningRule rule, Split<?> rows, Evaluation evaluation) {
        return new Training(model, rule, rows, evaluation, Optional.empty(), () -> {}, List::of);
    }
}
