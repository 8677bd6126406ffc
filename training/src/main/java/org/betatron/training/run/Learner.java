package org.betatron.training.run;

import java.util.regex.Pattern;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.TrainableModel;

/// A model that a run moves, with its optimizer: one in most runs, a policy and its critic in others.
///
/// @param name      its directory in checkpoints: small letters, digits and hyphens; [#MAIN] for the model that the run
///     is about
/// @param model     borrowed; on resume, opened from [Checkpoint#modelDirectory(String)]
/// @param optimizer of that model, borrowed; on resume, freshly made
/// @param rate      factor on the run's learning rate, > 0
public record Learner(String name, TrainableModel model, Optimizer optimizer, double rate) {

    /// Name of the model that a run is about.
    public static final String MAIN = "model";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    public Learner {
        if (!NAME.matcher(name).matches() || name.equals(Checkpoint.REFERENCE)) {
            throw new IllegalArgumentException("name of a model must be small letters, digits and hyphens, and not '"
                    + Checkpoint.REFERENCE + "', but was '" + name + "'");
        }
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("rate of '" + name + "' must be > 0 but was " + rate);
        }
    }

    /// The model that a run is about.
    public static Learner of(TrainableModel model, Optimizer optimizer) {
        return new Learner(MAIN, model, optimizer, 1);
    }
}
