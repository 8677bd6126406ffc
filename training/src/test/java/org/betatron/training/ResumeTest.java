package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.data.row.TokenizedPair;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.betatron.training.TrainingOutcome.End;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.TrainingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResumeTest {

    private static final TrainSpec SPEC = Fixtures.spec(new TrainLength.Steps(12), 4, 1);

    private final List<TokenizedPair> pairs = Fixtures.pairs(19, 3);
    private final LearningRule rule = Fixtures.preference(AlignmentSpec.DEFAULT, pairs, 4);

    @TempDir
    private Path directory;

    @Test
    void stoppedAndResumedRunEqualsAnUninterruptedOne() throws IOException {
        TinyLanguageModel whole = Fixtures.model();
        RunDirectory wholeRun = Fixtures.directory(directory, "whole");
        TrainingOutcome wholeOutcome = new Trainer(Fixtures.job(SPEC, whole, rule, wholeRun)).start();

        RunDirectory run = Fixtures.directory(directory, "cut");
        TrainingOutcome stopped = trainUntil(6, run);
        assertThat(stopped.end()).isEqualTo(End.STOPPED);
        assertThat(stopped.state().step()).isEqualTo(6);

        Checkpoint checkpoint =
                RunDirectory.existing(run.root()).checkpoints(2).latest().orElseThrow();
        assertThat(checkpoint.directory().getFileName()).hasToString("step-00000006");
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        TrainingOutcome outcome = new Trainer(Fixtures.job(SPEC, resumed, rule, run)).resume(checkpoint);

        assertThat(resumed.weights()).containsExactly(whole.weights());
        assertThat(outcome.state().alignment()).isEqualTo(wholeOutcome.state().alignment());
        assertThat(learned(run)).isEqualTo(learned(wholeRun));
    }

    @Test
    void crashedRunGoesOnFromItsLastCheckpointAndItsMetricsAreCutBack() throws IOException {
        TinyLanguageModel whole = Fixtures.model();
        RunDirectory wholeRun = Fixtures.directory(directory, "whole");
        new Trainer(Fixtures.job(SPEC, whole, rule, wholeRun)).start();

        RunDirectory run = Fixtures.directory(directory, "crashed");
        TinyLanguageModel model = Fixtures.model();
        TrainingListener crash = new TrainingListener() {
            @Override
            public void stepDone(long step, Metrics metrics) {
                if (step == 8) {
                    throw new IllegalStateException("power cut");
                }
            }
        };
        assertThatThrownBy(() ->
                        new Trainer(Fixtures.with(Fixtures.job(SPEC, model, rule, run), crash, () -> false)).start())
                .hasMessage("power cut");
        assertThat(learned(run)).hasSize(2);

        Checkpoint checkpoint = run.checkpoints(2).latest().orElseThrow();
        assertThat(checkpoint.state().step()).isEqualTo(4);
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        new Trainer(Fixtures.job(SPEC, resumed, rule, run)).resume(checkpoint);
        assertThat(resumed.weights()).containsExactly(whole.weights());
        assertThat(learned(run)).isEqualTo(learned(wholeRun));
    }

    @ParameterizedTest
    @CsvSource({
        "recipe-2, data-1, 7, 'recipe (recipe-1, this run has recipe-2)'",
        "recipe-1, data-2, 7, 'training data (data-1, this run has data-2)'",
        "recipe-1, data-1, 8, 'seed (7, this run has 8)'"
    })
    void refusesToResumeAnotherRun(String recipe, String data, long seed, String difference) {
        RunDirectory run = Fixtures.directory(directory, "run");
        trainUntil(6, run);
        Checkpoint checkpoint = run.checkpoints(2).latest().orElseThrow();
        TinyLanguageModel model = Fixtures.model();
        TrainingJob other = new TrainingJob(
                SPEC,
                model,
                new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT),
                rule,
                position -> (int) (position % 19),
                Evaluation.NONE,
                new RunIdentity(recipe, data, seed),
                run,
                TrainingListener.NONE,
                () -> false);
        assertThatThrownBy(() -> new Trainer(other).resume(checkpoint))
                .isInstanceOf(TrainingException.class)
                .hasMessage("checkpoint " + checkpoint.directory() + " cannot be resumed: it belongs to another "
                        + difference + "; resume with what the run was started with, or start a new run in another"
                        + " directory");
    }

    private TrainingOutcome trainUntil(long lastStep, RunDirectory run) {
        long[] done = {0};
        TrainingListener counter = new TrainingListener() {
            @Override
            public void stepDone(long step, Metrics metrics) {
                done[0] = step;
            }
        };
        TrainingJob job = Fixtures.job(SPEC, Fixtures.model(), rule, run);
        return new Trainer(Fixtures.with(job, counter, () -> done[0] == lastStep)).start();
    }

    /// Lines of metrics without speed, memory and time, which no two runs share.
    private static List<String> learned(RunDirectory run) throws IOException {
        return Files.readAllLines(run.metrics().file()).stream()
                .map(line -> line.replaceAll(",\"(speed|memory|time)/[^,}]*", ""))
                .toList();
    }
}
