package org.betatron.runs;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.load.DatasetReport;
import org.betatron.data.load.LongRow;
import org.betatron.data.load.ReadingReport;
import org.betatron.runs.model.ModelSize;
import org.betatron.runs.plan.RunPlan;
import org.betatron.runs.prompt.AskedPrompts;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.training.run.Metrics;

/// Something that happened in a run, in the order in which it happened.
///
/// What has to be known afterwards stands in the result of the run as well; events are for those who watch.
public sealed interface RunEvent {

    /// The run goes on from a checkpoint.
    ///
    /// @param checkpoint its directory
    record Resumed(Path checkpoint) implements RunEvent {}

    /// The run was to go on but has no checkpoint, and begins again.
    ///
    /// @param run its directory
    record BegunAgain(Path run) implements RunEvent {}

    /// The run goes on with other settings than it was begun with.
    ///
    /// @param settings their values by name
    record SettingsChanged(Map<String, String> settings) implements RunEvent {

        public SettingsChanged {
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }
    }

    /// Files were read.
    ///
    /// @param use    what the rows are for
    /// @param report what became of them
    record RowsRead(RowUse use, DatasetReport report) implements RunEvent {}

    /// A row takes seconds to be tokenized, which begins now. Heard by another thread than the other events.
    ///
    /// @param row where it is, and how long
    record LongRowBegun(LongRow row) implements RunEvent {}

    /// What rows are for.
    enum RowUse {
        TRAINING,
        EVALUATION,
        /// Scored, and nothing else.
        SCORING
    }

    /// Training rows were flipped or selected.
    ///
    /// @param summary a line for each transform
    record RowsTransformed(List<String> summary) implements RunEvent {

        public RowsTransformed {
            summary = List.copyOf(summary);
        }
    }

    /// A model was opened to be trained.
    ///
    /// @param start   directory that the recipe names
    /// @param size    how many parameters it has, and trains
    /// @param compute how it computes
    /// @param threads threads of one operation, all lanes together
    record ModelOpened(Path start, ModelSize size, ComputeSpec compute, int threads) implements RunEvent {}

    /// What the run will take was found out; its steps begin.
    ///
    /// @param plan memory, time, disk
    record Planned(RunPlan plan) implements RunEvent {}

    /// A reference runs beside the policy.
    ///
    /// @param directory it was opened from
    record ReferenceOpened(Path directory) implements RunEvent {}

    /// Log-probs of the reference were there already.
    ///
    /// @param file they were read from
    record ReferenceRead(Path file) implements RunEvent {}

    /// The reference has scored some rows.
    ///
    /// @param rowsDone  rows scored so far
    /// @param rowsTotal rows that will be
    record ReferenceScored(int rowsDone, int rowsTotal) implements RunEvent {}

    /// The reference has scored all rows of a list.
    ///
    /// @param rows    how many
    /// @param seconds how long it took
    record ReferenceComputed(int rows, double seconds) implements RunEvent {}

    /// Training begins.
    ///
    /// @param stepsDone  steps done before, 0 unless the run was resumed
    /// @param totalSteps steps of the whole run
    record TrainingBegun(long stepsDone, long totalSteps) implements RunEvent {}

    /// A step was done, whether it is logged or not.
    ///
    /// @param step    its number, from 1
    /// @param metrics see docs/metrics.md
    record StepDone(long step, Metrics metrics) implements RunEvent {}

    /// The model was measured on held-out rows.
    ///
    /// @param step    steps done before
    /// @param metrics see docs/metrics.md
    record Evaluated(long step, Metrics metrics) implements RunEvent {}

    /// A checkpoint is whole.
    ///
    /// @param directory where it lies
    record CheckpointWritten(Path directory) implements RunEvent {}

    /// No further step follows.
    ///
    /// @param end  why
    /// @param step number of the last one
    /// @param run  directory of the run
    record TrainingEnded(RunResult.End end, long step, Path run) implements RunEvent {}

    /// The trained model is whole.
    ///
    /// @param directory where it lies
    record ModelWritten(Path directory) implements RunEvent {}

    /// The report is whole.
    ///
    /// @param page where it lies
    record ReportWritten(Path page) implements RunEvent {}

    /// The report could not be written. The run itself is none the worse.
    ///
    /// @param run directory of the run
    /// @param why what was wrong
    record ReportFailed(Path run, String why) implements RunEvent {}

    /// A new run that failed could not be taken back.
    ///
    /// @param why what was wrong
    record NotTakenBack(String why) implements RunEvent {}

    /// Pairs were scored.
    ///
    /// @param done  pairs scored so far
    /// @param total pairs that will be
    record PairsScored(int done, int total) implements RunEvent {}

    /// Files were read for their prompts.
    ///
    /// @param report what became of their rows
    record PromptsRead(ReadingReport report) implements RunEvent {}

    /// Prompts cannot be answered by a model.
    ///
    /// @param ids        their rows
    /// @param numPrompts how many there were in all
    /// @param why        what they do that the model cannot, for example fill its positions
    record PromptsLeftOut(List<String> ids, int numPrompts, String why) implements RunEvent {

        /// @return tells a listener of each reason
        public static AskedPrompts.Teller to(RunListener listener) {
            return (ids, numPrompts, why) -> listener.heard(new PromptsLeftOut(ids, numPrompts, why));
        }

        public PromptsLeftOut {
            ids = List.copyOf(ids);
        }
    }

    /// A model begins to answer prompts.
    ///
    /// @param model its directory
    record AnswersBegun(Path model) implements RunEvent {}

    /// The divergence between the model and a reference is being estimated.
    ///
    /// @param reference directory of the reference
    record DivergenceBegun(Path reference) implements RunEvent {}

    /// A mixture of a model and its reference answers in place of the model.
    ///
    /// @param model       the aligned one
    /// @param realignment what it is mixed with, and how
    record Realigned(Path model, Realignment realignment) implements RunEvent {}

    /// Something is probably not meant, or worth knowing.
    ///
    /// @param message what it is, and what to change
    record Warning(String message) implements RunEvent {}
}
