package org.betatron.core.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.betatron.core.files.Checksums;

/// Names of everything that lies in the directory of a run, for those who write it and those who
/// read it.
///
/// | name | what it is | written by |
/// |---|---|---|
/// | [#RECIPE] | every setting of the run | the run, before anything else |
/// | [#CHANGES] | settings that changed when the run went on | the run, where there are any |
/// | [#METRICS] | a line for each logged step and each evaluation | the training loop |
/// | [#DROPPED], [#DROPPED_EVALUATION] | rows that could not be used, with reasons | the run |
/// | [#TRANSFORMED] | what was done to training rows | the run |
/// | [#DATA] | counts and lengths of the training files | the run |
/// | [#REFERENCE] | log-probs under the reference model | the run, unless the recipe names another place |
/// | [#CHECKPOINTS] | the newest checkpoints | the training loop |
/// | [#ROLLOUTS] | some of the answers that were learned from | runs that learn from own answers |
/// | [#SAMPLES] | answers to held-out prompts, before and after | the run |
/// | [#GAPS_BEFORE], [#GAPS_AFTER] | gaps of held-out rows | the run, at evaluations |
/// | [#SUSPECTS] | held-out pairs that are probably mislabelled | the run, at evaluations |
/// | [#MODEL] | the trained model with its tokenizer | the run, at its end |
/// | [#REPORT] | all of it to look at | the run, at its end or failure |
public final class RunFiles {

    public static final String RECIPE = "recipe.yaml";
    public static final String CHANGES = "changes.yaml";
    public static final String METRICS = "metrics.jsonl";
    public static final String DROPPED = "dropped.jsonl";
    public static final String DROPPED_EVALUATION = "dropped-evaluation.jsonl";
    public static final String TRANSFORMED = "transformed.jsonl";
    public static final String DATA = "data.json";
    public static final String REFERENCE = "reference";
    public static final String CHECKPOINTS = "checkpoints";
    public static final String ROLLOUTS = "rollouts.jsonl";
    public static final String SAMPLES = "samples.jsonl";
    public static final String GAPS_BEFORE = "gaps-before.jsonl";
    public static final String GAPS_AFTER = "gaps-after.jsonl";
    public static final String SUSPECTS = "suspicious.jsonl";
    public static final String MODEL = "model";
    public static final String REPORT = "report.html";

    /// Those that are read when the run goes on or is looked at, and have no checksum of their own.
    public static final Set<String> READ_AGAIN =
            Set.of(RECIPE, CHANGES, METRICS, TRANSFORMED, DATA, SAMPLES, GAPS_BEFORE, GAPS_AFTER, SUSPECTS);

    private static final Set<String> OTHERS =
            Set.of(DROPPED, DROPPED_EVALUATION, ROLLOUTS, REFERENCE, CHECKPOINTS, MODEL, REPORT, Checksums.FILE);

    private RunFiles() {}

    /// @return whether a path is one of these in the directory of a run, or lies in one of them
    public static boolean isOfRun(Path path) {
        Path file = path.toAbsolutePath().normalize();
        for (Path parent = file.getParent(); parent != null; file = parent, parent = file.getParent()) {
            String name = String.valueOf(file.getFileName());
            if ((READ_AGAIN.contains(name) || OTHERS.contains(name))
                    && Files.exists(parent.resolve(RECIPE))
                    && Files.exists(parent.resolve(METRICS))) {
                return true;
            }
        }
        return false;
    }
}
