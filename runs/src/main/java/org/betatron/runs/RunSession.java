package org.betatron.runs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.betatron.core.files.Checksums;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.rank.Ranks;
import org.betatron.core.run.RunFiles;
import org.betatron.data.DataException;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.data.row.HeldOut;
import org.betatron.data.row.LabelledRow;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.data.tokenizer.TokenizerConfig;
import org.betatron.data.transform.TransformSpec;
import org.betatron.data.transform.Transforms;
import org.betatron.evaluation.report.RunPage;
import org.betatron.runs.RunEvent.RowUse;
import org.betatron.runs.model.AdapterPlace;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSize;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.plan.Planner;
import org.betatron.runs.recipe.DataSection;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.runs.recipe.ResumeSettings;
import org.betatron.torch.TorchModel;
import org.betatron.torch.TorchRewardModel;
import org.betatron.torch.adapter.Adapter;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.device.Processor;
import org.betatron.torch.error.ModelException;
import org.betatron.training.TrainSpec;
import org.betatron.training.Trainer;
import org.betatron.training.TrainingJob;
import org.betatron.training.TrainingOutcome;
import org.betatron.training.reference.ReferenceProgress;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Checkpoints;
import org.betatron.training.run.Learner;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.SideFiles;
import org.betatron.training.run.TrainingException;

/// What every kind of training does alike: the run directory, the split, the model to begin with,
/// the loop, the final model.
final class RunSession implements AutoCloseable {

    private static final String SLOW_BF16 = "this processor has no fast bf16 products (none of avx512_bf16,"
            + " amx_bf16 and avx_ne_convert), so compute.precision=bf16 makes them in float32: as fast as fp32 and as"
            + " exact. compute.weights=bf16 still halves the memory of weights, and costs each layer a second run in"
            + " the backward pass";

    private final RunRequest<?> request;
    private final RunDirectory directory;
    private final Optional<Checkpoint> checkpoint;
    private final RunJournal journal;
    private final ModelOpening models;
    private final RunRanks ranks;

    private RunSession(RunRequest<?> request, RunRanks ranks, RunDirectory directory, Optional<Checkpoint> checkpoint) {
        this.request = request;
        this.ranks = ranks;
        this.directory = directory;
        this.checkpoint = checkpoint;
        this.journal = new RunJournal(request.listener());
        this.models = new ModelOpening(this::warn);
        if (request.resuming()) {
            journal.tell(checkpoint
                    .<RunEvent>map(found -> new RunEvent.Resumed(found.directory()))
                    .orElse(new RunEvent.BegunAgain(request.out())));
        }
    }

    /// Takes the run directory, which no other run gets until the session is closed.
    ///
    /// @param source whose tokenizer goes with every model of the run
    /// @throws org.betatron.runs.recipe.RecipeException if settings of the recipe do not go
    ///     together
    static RunSession open(RunRequest<?> request, ModelSource source) {
        RecipeChecks.check("recipe", request.resolved(), request.resuming());
        source.requireTrainable(request.recipe());
        SideFiles tokenizer = new SideFiles(source.sideFiles());
        RunRanks ranks = RunRanks.meet(request);
        try {
            return ranks.together(() -> open(request, tokenizer, ranks));
        } catch (RuntimeException | Error e) {
            ranks.close();
            throw e;
        }
    }

    private static RunSession open(RunRequest<?> request, SideFiles tokenizer, RunRanks ranks) {
        // The first one writes; the others look at what it has made.
        RunSession first = ranks.all().isFirst() ? first(request, tokenizer, ranks) : null;
        ranks.all().any(false);
        RunSession session = first == null ? other(request, tokenizer, ranks) : first;
        try {
            ranks.agreeOnCheckpoint(session.checkpoint);
        } catch (RuntimeException e) {
            session.directory.close();
            throw e;
        }
        return session;
    }

    private static RunSession other(RunRequest<?> request, SideFiles tokenizer, RunRanks ranks) {
        RunDirectory directory = ranks.seen(request.out());
        Optional<Checkpoint> checkpoint = request.resuming()
                ? new Checkpoints(
                                directory.root().resolve(RunFiles.CHECKPOINTS),
                                request.recipe().train().keepCheckpoints(),
                                tokenizer)
                        .latest()
                : Optional.empty();
        return new RunSession(request, ranks, directory, checkpoint);
    }

    private static RunSession first(RunRequest<?> request, SideFiles tokenizer, RunRanks ranks) {
        if (!request.resuming()) {
            return new RunSession(
                    request,
                    ranks,
                    RunDirectory.create(request.out(), request.resolved().yaml(), tokenizer),
                    Optional.empty());
        }
        List<String> damage = new ArrayList<>();
        // Before the run writes on; its settings were looked at when they were read.
        Checksums.damage(request.out(), name -> RunFiles.READ_AGAIN.contains(name))
                .ifPresent(account -> damage.add(account + "; the run goes on, as weights do not depend on it"));
        RunDirectory directory = RunDirectory.resume(request.out(), tokenizer);
        try {
            int keep = request.recipe().train().keepCheckpoints();
            RunSession session = new RunSession(
                    request, ranks, directory, directory.checkpoints(keep).latest(damage::add));
            damage.forEach(session::warn);
            session.noteChanges();
            return session;
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /// Writes down what changed since the run was begun, so that it goes on in the same way the
    /// next time.
    private void noteChanges() {
        Map<String, String> changes = ResumeSettings.changes(directory.root(), request.resolved());
        if (!changes.isEmpty()) {
            journal.tell(new RunEvent.SettingsChanged(changes));
        }
        directory.changes(changes.isEmpty() ? "" : ResumeSettings.yaml(changes, request.resolved()));
    }

    /// Lets go of the run directory. A new run that failed before it computed anything is taken
    /// back, so that the same command can be given again once its cause is mended.
    @Override
    public void close() {
        try (ranks;
                directory) {
            if (!request.resuming() && ranks().isFirst()) {
                directory.discardIfOnly(Set.of(
                        directory.droppedRowsFile(),
                        directory.transformedRowsFile(),
                        directory.root().resolve(RunFiles.DATA),
                        directory.root().resolve(RunFiles.DROPPED_EVALUATION)));
            }
        } catch (TrainingException e) {
            // What stays behind is a run without a checkpoint; the failure itself is what the user has to read.
            journal.tell(new RunEvent.NotTakenBack(String.valueOf(e.getMessage())));
        }
    }

    /// @return the processes of the run
    Ranks ranks() {
        return ranks.all();
    }

    /// Does the work of the run. Where it fails, the other ranks are told why.
    ///
    /// @return what the work returned
    <T> T together(Supplier<T> work) {
        return ranks.together(work);
    }

    /// @param place where this rank is, in words
    void reached(String place) {
        ranks.all().reached(place);
    }

    /// @return writes down what belongs into the report, where this process writes
    RunAccount account(Tokenizer tokenizer) {
        return new RunAccount(directory.root(), tokenizer, this::warn, ranks().isFirst());
    }

    /// Uses as many threads as the recipe says, or this process's share of the cores.
    void useThreads() {
        ComputeThreads.use(request.recipe().compute().threads(), ranks().sizeHere());
    }

    /// @return what a resumed run goes on from
    Optional<Checkpoint> checkpoint() {
        return checkpoint;
    }

    void tell(RunEvent event) {
        journal.tell(event);
    }

    void warn(String message) {
        tell(new RunEvent.Warning(message));
    }

    /// @return hears how far the reference has come, as the journal hears it of a trainer
    ReferenceProgress referenceProgress() {
        return journal::referenceScored;
    }

    RunDirectory directory() {
        return directory;
    }

    /// @return the same loader, which tells of rows that take long
    DataSetLoader telling(DataSetLoader loader) {
        return loader.telling(row -> tell(new RunEvent.LongRowBegun(row)));
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
        report(RowUse.TRAINING, rows, directory.droppedRowsFile());
        if (ranks().isFirst()) {
            RunAccount.data(directory.root(), rows.report());
        }
        if (extra.isPresent()) {
            report(RowUse.EVALUATION, extra.get(), directory.root().resolve(RunFiles.DROPPED_EVALUATION));
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
        tell(new RunEvent.RowsTransformed(result.summary()));
        if (ranks().isFirst()) {
            TransformedRowRecord.writeAll(directory.transformedRowsFile(), result.records());
        }
        return new HeldOut.Split<>(result.rows(), rows.evaluation());
    }

    private void report(RowUse use, TokenizedDataSet<?> rows, Path dropped) {
        tell(new RunEvent.RowsRead(use, rows.report()));
        if (ranks().isFirst()) {
            rows.writeDropped(dropped);
        }
    }

    /// Opens the model that training begins or goes on with.
    ///
    /// @param loader opens a directory, that of the recipe or that of a checkpoint
    /// @throws ModelException if it cannot be opened, or has no weights that `train.frozen` names
    <M extends TorchModel> M openModel(BiFunction<Path, ComputeSpec, M> loader) {
        Recipe recipe = request.recipe();
        ComputeSpec compute = recipe.compute().model();
        Path start = ModelPlace.of(Path.of(recipe.model()));
        reached("opening the model");
        useThreads();
        M model = models.open(checkpoint.map(Checkpoint::modelDirectory).orElse(start), compute, loader);
        try {
            model.noteFiles();
            chooseTrained(model, recipe);
            if (recipe.train().microBatchTokens() > 0) {
                model.computeAtOnce(recipe.train().microBatchTokens());
            }
        } catch (ModelException e) {
            model.close();
            throw e;
        }
        ranks.agreeOnWeights(model);
        tell(new RunEvent.ModelOpened(
                start, sizeOf(model), compute.possible(Processor.here()), NativeLibraries.threads()));
        if (compute.lacksFastProducts(Processor.here())) {
            tell(new RunEvent.Warning(SLOW_BF16));
        }
        return model;
    }

    private void chooseTrained(TorchModel model, Recipe recipe) {
        if (recipe.adapter() instanceof AdapterSpec.Lora lora && checkpoint.isEmpty()) {
            ModelSource.naming(
                    "adapter",
                    () -> model.adapt(
                            lora,
                            AdapterPlace.named(Path.of(recipe.model())),
                            recipe.train().seed()));
        }
        if (checkpoint.isPresent()) {
            model.adapter().ifPresent(Adapter::requireBase);
        }
        model.adapter()
                .ifPresent(adapter -> chooseDropout(adapter, recipe.adapter().dropout()));
        if (!recipe.train().frozen().isEmpty()) {
            ModelSource.naming("train.frozen", () -> model.freeze(recipe.train().frozen()));
        }
    }

    /// The recipe says it, also of an adapter whose files say another.
    private void chooseDropout(Adapter adapter, double dropout) {
        double said = adapter.saidDropout();
        if (said != dropout && checkpoint.isEmpty()) {
            warn("the adapter was trained with lora_dropout " + said + " and is trained on with " + dropout
                    + ": adapter.dropout of the recipe counts (--set adapter.dropout=" + said + " keeps it)");
        }
        ModelSource.naming("adapter.dropout", () -> adapter.dropOut(dropout));
    }

    /// @return where every model of the run is opened
    ModelOpening models() {
        return models;
    }

    private static ModelSize sizeOf(TorchModel model) {
        return new ModelSize(model.numParameters(), model.numTrainable());
    }

    /// Trains, writes the final model if every step was done, and a report in any case.
    <R extends TokenizedRow, Q, S> RunResult train(Training<R, Q, S> training) {
        boolean failed = true;
        Optional<Path> model = Optional.empty();
        Optional<Path> report = Optional.empty();
        TrainingOutcome<S> outcome;
        try {
            outcome = carryOut(training);
            if (outcome.end() == TrainingOutcome.End.COMPLETED && ranks().isFirst()) {
                directory.saveModel(target -> {
                    training.model().save(target, request.recipe().compute().saveAs());
                    TokenizerConfig.complete(target);
                    if (training.model() instanceof TorchRewardModel) {
                        RewardModelCard.write(target);
                    }
                });
                model = Optional.of(directory.modelDirectory());
                tell(new RunEvent.ModelWritten(directory.modelDirectory()));
                training.afterSaving().run();
            }
            failed = false;
        } finally {
            // A run that failed before its first line of metrics leaves nothing to report.
            if (ranks().isFirst() && (!failed || Files.exists(directory.root().resolve(RunFiles.METRICS)))) {
                report = writeReport();
            }
        }
        return new RunResult(
                request.out(),
                endOf(outcome),
                outcome.state().step(),
                journal.totalSteps(),
                sizeOf(training.model()),
                training.rows().training().size(),
                training.rows().evaluation().size(),
                model,
                report,
                journal.logged(),
                training.gaps().get(),
                journal.warnings());
    }

    private static RunResult.End endOf(TrainingOutcome<?> outcome) {
        return switch (outcome.end()) {
            case COMPLETED -> RunResult.End.COMPLETED;
            case STOPPED -> RunResult.End.STOPPED;
        };
    }

    /// The run itself is done or has failed already: a report that cannot be written is said, not
    /// thrown.
    private Optional<Path> writeReport() {
        try {
            Path page = RunPage.write(directory.root());
            tell(new RunEvent.ReportWritten(page));
            return Optional.of(page);
        } catch (RuntimeException e) {
            tell(new RunEvent.ReportFailed(directory.root(), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private <R extends TokenizedRow, Q, S> TrainingOutcome<S> carryOut(Training<R, Q, S> training) {
        tell(new RunEvent.Planned(Planner.plan(
                request.recipe(),
                new ModelSource(Path.of(request.recipe().model())),
                training.rows().training(),
                !training.rows().evaluation().isEmpty())));
        TrainSpec spec = request.recipe().train();
        RunIdentity identity = new RunIdentity(
                request.resolved().settings().withFree(ResumeSettings.of(request.recipe())),
                directory.recipeFingerprint(),
                training.rule().source().key());
        ranks.agreeOnRows(training.rule().source().key());
        try (Learners learners = new Learners(request.recipe().optimizer(), ranks.all())) {
            learners.add(Learner.MAIN, training.model(), 1);
            training.beside().forEach(each -> learners.add(each.name(), each.model(), each.rate()));
            Trainer<R, Q, S> trainer = new Trainer<>(new TrainingJob<>(
                    spec,
                    training.asked(),
                    learners.all(),
                    training.rule(),
                    training.evaluation(),
                    identity,
                    directory,
                    journal,
                    request.stopRequested(),
                    training.movingReference(),
                    ranks()));
            TrainingOutcome<S> outcome = checkpoint.isPresent() ? trainer.resume(checkpoint.get()) : trainer.start();
            tell(new RunEvent.TrainingEnded(endOf(outcome), outcome.state().step(), request.out()));
            return outcome;
        }
    }
}
