package org.betatron.training;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.rank.Ranks;
import org.betatron.data.row.TokenizedRow;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.run.Learner;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;

/// Everything that a [Trainer] works with. Owns nothing: models, optimizers and reference are
/// closed by whoever opened them.
///
/// @param spec          how to train
/// @param model         what batches go through: the model that is trained, asked for what the rule
///     reads, or several as one
/// @param learners      the models whose weights that moves, the one that the run is about first;
///     nearly always one
/// @param rule          what is learned from which rows
/// @param evaluation    held-out rows, or [Evaluation#none]
/// @param identity      what a checkpoint must match to be resumed
/// @param directory     where the run leaves its files
/// @param listener      hears what happens
/// @param stopRequested asked between steps; once true, the run writes a checkpoint and ends
/// @param movingReference the reference, if it follows the first model; on resume, opened from the
///     checkpoint
/// @param ranks         the processes that make the run together; optimizers are of the same ranks
public record TrainingJob<R extends TokenizedRow, Q, S>(
        TrainSpec spec,
        DifferentiableModel model,
        List<Learner> learners,
        LearningRule<R, Q, S> rule,
        Evaluation<S> evaluation,
        RunIdentity identity,
        RunDirectory directory,
        TrainingListener listener,
        BooleanSupplier stopRequested,
        Optional<MovingReference<S>> movingReference,
        Ranks ranks) {

    /// Everything of a run of one process.
    public TrainingJob(
            TrainSpec spec,
            DifferentiableModel model,
            List<Learner> learners,
            LearningRule<R, Q, S> rule,
            Evaluation<S> evaluation,
            RunIdentity identity,
            RunDirectory directory,
            TrainingListener listener,
            BooleanSupplier stopRequested,
            Optional<MovingReference<S>> movingReference) {
        this(
                spec,
                model,
                learners,
                rule,
                evaluation,
                identity,
                directory,
                listener,
                stopRequested,
                movingReference,
                Ranks.ALONE);
    }

    public TrainingJob {
        learners = List.copyOf(learners);
        if (learners.isEmpty() || !learners.getFirst().name().equals(Learner.MAIN)) {
            throw new IllegalArgumentException("the first of the models that a run moves must be named " + Learner.MAIN
                    + " but they were "
                    + learners.stream().map(Learner::name).toList());
        }
        Set<String> names = new HashSet<>();
        for (Learner learner : learners) {
            if (!names.add(learner.name())) {
                throw new IllegalArgumentException("two models of a run are named " + learner.name());
            }
        }
    }
}
