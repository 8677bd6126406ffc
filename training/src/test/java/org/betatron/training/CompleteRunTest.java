package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.data.packing.Packing;
import org.betatron.data.row.TokenizedPair;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.betatron.training.TrainingOutcome.End;
import org.betatron.training.preference.PreferenceEvaluation;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.reference.MappedReferenceLogProbs;
import org.betatron.training.reference.Reference;
import org.betatron.training.reference.ReferenceCache;
import org.betatron.training.reference.ReferenceKey;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Fingerprint;
import org.betatron.training.run.Learner;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.Settings;
import org.betatron.training.run.SideFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run from the first file to the last, put together as a command would: stopped once, then
/// resumed.
class CompleteRunTest {

    private static final String RECIPE = "train:\n  steps: 12\n";
    private static final TrainSpec SPEC = Fixtures.spec(new TrainLength.Steps(12), 4, 1);

    private final List<TokenizedPair> rows = Fixtures.separablePairs(30, 3);
    private final List<TokenizedPair> heldOut = Fixtures.separablePairs(10, 4);
    private final Alignment alignment = AlignmentSpec.DEFAULT.create();
    private final List<String> events = new ArrayList<>();

    @TempDir
    private Path directory;

    private Path startModel;
    private Path tokenizer;

    @BeforeEach
    void makeInputs() throws IOException {
        startModel = Files.createDirectory(directory.resolve("start"));
        Fixtures.model().save(startModel);
        tokenizer = Files.writeString(startModel.resolve("tokenizer.json"), "{}");
    }

    @Test
    void leavesEverythingBehindThatItPromises() throws IOException {
        Path root = directory.resolve("run");
        assertThat(run(root, 5)).isEqualTo(End.STOPPED);
        assertThat(run(root, Long.MAX_VALUE)).isEqualTo(End.COMPLETED);

        // The reference was computed once; what was done twice is what a stop adds.
        assertThat(events)
                .containsExactly(
                        "reference 30",
                        "reference 10",
                        "started 0",
                        "checkpoint 4",
                        "checkpoint 5",
                        "started 5",
                        "checkpoint 8",
                        "checkpoint 12");
        assertThat(namesIn(root))
                .containsExactly(
                        ".lock", "checkpoints", "checksums", "metrics.jsonl", "model", "recipe.yaml", "reference");
        assertThat(namesIn(root.resolve("checkpoints"))).containsExactly("step-00000008", "step-00000012");
        assertThat(namesIn(root.resolve("model"))).containsExactly("checksums", "tiny-model.bin", "tokenizer.json");
        assertThat(Files.readAllLines(root.resolve("metrics.jsonl")).stream()
                        .map(line -> line.replaceAll("^\\{\"step\":(\\d+),\"(\\w+)/.*", "$2 $1")))
                .containsExactly("eval 0", "train 4", "eval 4", "train 8", "eval 8", "train 12", "eval 12");
        assertThat(namesIn(root.resolve("checkpoints/step-00000012/model")))
                .containsExactly("tiny-model.bin", "tokenizer.json");
        TinyLanguageModel last = TinyLanguageModel.load(root.resolve("checkpoints/step-00000012/model"));
        assertThat(TinyLanguageModel.load(root.resolve("model")).weights()).containsExactly(last.weights());
    }

    private End run(Path root, long stopAfter) throws IOException {
        boolean resumes = Files.exists(root);
        SideFiles sideFiles = new SideFiles(List.of(tokenizer));
        try (RunDirectory run =
                resumes ? RunDirectory.resume(root, sideFiles) : RunDirectory.create(root, RECIPE, sideFiles)) {
            return run(run, stopAfter);
        }
    }

    private End run(RunDirectory run, long stopAfter) throws IOException {
        Checkpoint checkpoint = run.checkpoints(SPEC.keepCheckpoints()).latest().orElse(null);
        Path modelDirectory = checkpoint == null ? startModel : checkpoint.modelDirectory();
        RunIdentity identity = new RunIdentity(Settings.NONE, run.recipeFingerprint(), ReferenceKey.digest(rows));
        long[] done = {0};
        TrainingListener listener = listener(done);
        try (TinyLanguageModel model = TinyLanguageModel.load(modelDirectory);
                Optimizer optimizer = new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT);
                MappedReferenceLogProbs reference = reference(run, "train", rows, listener);
                MappedReferenceLogProbs heldOutReference = reference(run, "eval", heldOut, listener)) {
            PreferenceRule rule = new PreferenceRule(
                    alignment,
                    FixedRows.shuffled(rows, SPEC.seed()),
                    new Reference.Cached(reference),
                    SPEC.microBatchSize(),
                    SPEC.seed());
            var trainer = new Trainer<>(new TrainingJob<>(
                    SPEC,
                    model.asking(rule.request()),
                    List.of(Learner.of(model, optimizer)),
                    rule,
                    new PreferenceEvaluation(
                            model, alignment, heldOut, new Reference.Cached(heldOutReference), SPEC.packing()),
                    identity,
                    run,
                    listener,
                    () -> done[0] >= stopAfter,
                    Optional.empty()));
            TrainingOutcome<AlignmentState> outcome = checkpoint == null ? trainer.start() : trainer.resume(checkpoint);
            if (outcome.end() == End.COMPLETED) {
                run.saveModel(model::save);
            }
            return outcome.end();
        }
    }

    private MappedReferenceLogProbs reference(
            RunDirectory run, String name, List<TokenizedPair> pairs, TrainingListener listener) throws IOException {
        String model = Fingerprint.of(List.of(startModel.resolve(TinyLanguageModel.FILE_NAME)));
        ReferenceKey key = ReferenceKey.of(
                Settings.NONE
                        .with(ReferenceKey.MODEL, model)
                        .with(ReferenceKey.TOKENIZER, Fingerprint.of(List.of(tokenizer))),
                pairs);
        ReferenceCache cache = new ReferenceCache(run.root().resolve("reference/" + name + ".bin"), key);
        if (!cache.exists()) {
            // On resume the policy has moved on: the reference is always the model that the run
            // started from.
            try (TinyLanguageModel start = TinyLanguageModel.load(startModel)) {
                cache.compute(start, pairs, new Packing(16, 1000, true), listener::referenceScored);
            }
        }
        return cache.open();
    }

    private TrainingListener listener(long[] done) {
        return new TrainingListener() {
            @Override
            public void referenceScored(int rowsDone, int rowsTotal) {
                if (rowsDone == rowsTotal) {
                    events.add("reference " + rowsDone);
                }
            }

            @Override
            public void started(long stepsDone, long totalSteps) {
                events.add("started " + stepsDone);
            }

            @Override
            public void stepDone(long step, Metrics metrics) {
                done[0] = step;
            }

            @Override
            public void checkpointWritten(Checkpoint written) {
                events.add("checkpoint " + written.state().step());
            }
        };
    }

    private static List<String> namesIn(Path parent) throws IOException {
        try (var entries = Files.list(parent)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
