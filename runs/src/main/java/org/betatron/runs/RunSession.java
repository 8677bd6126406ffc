package org.betatron.runs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.data.DataException;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.data.row.HeldOut;
import org.betatron.data.row.LabelledRow;
import org.betatron.data.row.RowOrder;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.transform.TransformSpec;
import org.betatron.data.transform.Transforms;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.report.RunPage;
import org.betatron.evaluation.report.RunRecord;
import org.betatron.runs.recipe.ComputeSection;
import org.betatron.runs.recipe.DataSection;
import org.betatron.torch.TorchModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.device.Processor;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.training.Evaluation;
import org.betatron.training.LearningRule;
import org.betatron.training.RowLabels;
import org.betatron.training.TrainSpec;
import org.betatron.training.Trainer;
import org.betatron.training.TrainingJob;
import org.betatron.training.TrainingOutcome;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Fingerprint;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.SideFiles;
import org.betatron.training.run.TrainingException;

/// What every kind of training does alike: the run directory, the split, the model to begin
/// with, the loop, the final model.
final class RunSession implements AutoCloseable {

    /// Beside the file of dropped training rows, where evaluation has files of its own.
    private static final String EVALUATION_DROPPED = "dropped-evaluation.jsonl";

    private static final String SLOW_BF16 = "Warning: this processor has no fast bf16 products (none of avx512_bf16,"
            + " amx_bf16 and avx_ne_convert), so compute.precision=bf16 makes them in float32: as fast as fp32 and as"
            + " exact. compute.weights=bf16 still halves the memory of weights, and costs each layer a second run in"
            + " the backward pass";

    private final RunRequest<?> request;
    private final RunDirectory directory;
    private final Optional<Checkpoint> checkpoint;

    private RunSession(RunRequest<?> request, RunDirectory directory, Optional<Checkpoint> checkpoint) {
        this.request = request;
        this.directory = directory;
        this.checkpoint = checkpoint;
    }

    /// Takes the run directory, which no other run gets until the session is closed.
    ///
    /// @param keepCheckpoints from the recipe
    /// @param source          whose tokenizer goes with every model of the run
    static RunSession open(RunRequest<?> request, int keepCheckpoints, ModelSource source) {
        SideFiles tokenizer = new SideFiles(source.textFiles());
        if (!request.resuming()) {
            return new RunSession(
                    request,
                    RunDirectory.create(request.out(), request.resolved().yaml(), tokenizer),
                    Optional.empty());
        }
        RunDirectory directory = RunDirectory.resume(request.out(), tokenizer);
        try {
            Optional<Checkpoint> checkpoint =
                    directory.checkpoints(keepCheckpoints).latest();
            request.display()
                    .line(checkpoint
                            .map(found -> "Resuming from " + found.directory())
                            .orElse("No checkpoint yet in " + request.out() + ": starting from the beginning"));
            return new RunSession(request, directory, checkpoint);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /// Lets go of the run directory. A new run that failed before it computed anything is taken back, so that
    /// the same command can be given again once its cause is mended.
    @Override
    public void close() {
        try (directory) {
            if (!request.resuming()) {
                directory.discardIfOnly(Set.of(
                        directory.droppedRowsFile(),
                        directory.transformedRowsFile(),
                        directory.root().resolve(RunRecord.DATA_FILE),
                        directory.root().resolve(EVALUATION_DROPPED)));
            }
        } catch (TrainingException e) {
            // What stays behind is a run without a checkpoint; the failure itself is what the user has to read.
            request.display().line("Not taken back: " + e.getMessage());
        }
    }

    /// @return what a resumed run goes on from
    Optional<Checkpoint> checkpoint() {
        return checkpoint;
    }

    RunDirectory directory() {
        return directory;
    }

    /// Reads the training files, and splits them or reads the evaluation files.
    ///
    /// @param data   the recipe's data section
    /// @param reader turns files into one data set
    /// @param seed   seed of the split
    <R extends TokenizedRow> HeldOut.Split<R> split(
            DataSection<?> data, Function<List<Path>, TokenizedDataSet<R>> reader, long seed) {
        Optional<TokenizedDataSet<R>> extra =
                data.evaluation().isEmpty() ? Optional.empty() : Optional.of(reader.apply(data.evaluationPaths()));
        TokenizedDataSet<R> rows = reader.apply(data.paths());
        report(rows, directory.droppedRowsFile());
        RunAccount.data(directory.root(), rows.report());
        if (extra.isPresent()) {
            request.display().line("to measure on:");
            report(extra.get(), directory.root().resolve(EVALUATION_DROPPED));
            return new HeldOut.Split<>(rows.rows(), extra.get().rows());
        }
        int count = data.numHeldOut(rows.rows().size());
        if (count == 0) {
            return new HeldOut.Split<>(rows.rows(), List.of());
        }
        if (count >= rows.rows().size()) {
            throw new DataException("data.heldOut asks for " + count + " rows but only "
                    + rows.rows().size() + " can be used; lower it, or name a file under data.evaluation");
        }
        return new HeldOut.Random(count, seed).split(rows.rows());
    }

    /// Changes the training rows as the recipe says, and leaves an account of it in the run
    /// directory.
    ///
    /// @return the changed rows with the same rows to measure on
    <R extends LabelledRow<R>> HeldOut.Split<R> transform(HeldOut.Split<R> rows, List<TransformSpec> transforms) {
        if (transforms.isEmpty()) {
            return rows;
        }
        Transforms.Result<R> result = Transforms.apply(transforms, rows.training());
        result.summary().forEach(request.display()::line);
        TransformedRowRecord.writeAll(directory.transformedRowsFile(), result.records());
        return new HeldOut.Split<>(result.rows(), rows.evaluation());
    }

    private void report(TokenizedDataSet<?> rows, Path dropped) {
        request.display().line(rows.report().summary().strip());
        request.display().line("row tokens: " + rows.report().rowLengths().summary());
        rows.writeDropped(dropped);
    }

    /// Opens the model that training begins or goes on with.
    ///
    /// @param loader opens a directory, that of the recipe or that of a checkpoint
    <M extends TorchModel> M openModel(Path start, ComputeSection compute, BiFunction<Path, ComputeSpec, M> loader) {
        useThreads(compute);
        Path from = checkpoint.map(Checkpoint::modelDirectory).orElse(start);
        M model = loader.apply(from, compute.model());
        request.display()
                .line("Model %s: %,d parameters in %s, %s products on %s, %d threads"
                        .formatted(
                                start,
                                model.numParameters(),
                                compute.weights().configName(),
                                compute.model()
                                        .possible(Processor.here())
                                        .precision()
                                        .configName(),
                                compute.device(),
                                NativeLibraries.threads()));
        if (compute.model().lacksFastProducts(Processor.here())) {
            request.display().line(SLOW_BF16);
        }
        return model;
    }

    static void useThreads(ComputeSection compute) {
        NativeLibraries.setThreads(
                compute.threads() == 0 ? Runtime.getRuntime().availableProcessors() : compute.threads());
    }

    /// Trains, writes the final model if every step was done, and a report in any case.
    ///
    /// @param beforeSaving called with the trained model still open, after the last step
    void train(
            TorchModel model,
            OptimizerSpec optimizerSpec,
            LearningRule rule,
            Evaluation evaluation,
            TrainSpec spec,
            ComputeSection compute,
            Optional<MovingReference> movingReference,
            Runnable beforeSaving) {
        boolean failed = true;
        try {
            if (carryOut(model, optimizerSpec, rule, evaluation, spec, movingReference)) {
                beforeSaving.run();
                directory.saveModel(target -> model.save(target, compute.saveAs()));
                request.display().line("Model written to " + directory.modelDirectory());
            }
            failed = false;
        } finally {
            // A run that failed before its first line of metrics leaves nothing to report.
            if (!failed || Files.exists(directory.root().resolve(RunMetrics.FILE))) {
                writeReport();
            }
        }
    }

    /// The run itself is done or has failed already: a report that cannot be written is said, not thrown.
    private void writeReport() {
        try {
            request.display().line("Report written to " + RunPage.write(directory.root()));
        } catch (RuntimeException e) {
            request.display().line("No report of " + directory.root() + ": " + e.getMessage());
        }
    }

    /// @return whether every step was done
    private boolean carryOut(
            TorchModel model,
            OptimizerSpec optimizerSpec,
            LearningRule rule,
            Evaluation evaluation,
            TrainSpec spec,
            Optional<MovingReference> movingReference) {
        RowOrder order = new RowOrder(rule.rows().size(), spec.seed());
        RunIdentity identity =
                new RunIdentity(Fingerprint.of(request.resolved().yaml()), RowLabels.digest(rule.rows()), spec.seed());
        try (TorchOptimizer optimizer = model.optimizer(optimizerSpec)) {
            Trainer trainer = new Trainer(new TrainingJob(
                    spec,
                    model,
                    optimizer,
                    rule,
                    position -> order.rows(position, 1)[0],
                    evaluation,
                    identity,
                    directory,
                    request.display(),
                    request.stopRequested(),
                    movingReference));
            TrainingOutcome outcome = checkpoint.isPresent() ? trainer.resume(checkpoint.get()) : trainer.start();
            request.display().finished();
            if (outcome.end() == TrainingOutcome.End.STOPPED) {
                request.display()
                        .line("Stopped after step " + outcome.state().step() + ". Go on with --resume "
                                + request.out());
                return false;
            }
        }
        return true;
    }
}
