package org.betatron.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.training.TrainingOutcome.End;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Metrics;
import org.betatron.training.run.OtherSettingsException;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {

    private static final TrainSpec SPEC = Fixtures.spec(new TrainLength.Steps(12), 4, 1);

    private final List<TokenizedPair> pairs = Fixtures.pairs(19, 3);
    private final PreferenceRule rule = Fixtures.preference(AlignmentSpec.DEFAULT, pairs, 4);

    @TempDir
    private Path directory;

    @Test
    void stoppedAndResumedRunEqualsAnUninterruptedOne() throws IOException {
        TinyLanguageModel whole = Fixtures.model();
        RunDirectory wholeRun = Fixtures.directory(directory, "whole");
        TrainingOutcome<AlignmentState> wholeOutcome = new Trainer<>(Fixtures.job(SPEC, whole, rule, wholeRun)).start();

        RunDirectory run = Fixtures.directory(directory, "cut");
        TrainingOutcome<AlignmentState> stopped = trainUntil(6, run);
        assertThat(stopped.end()).isEqualTo(End.STOPPED);
        assertThat(stopped.state().step()).isEqualTo(6);

        Checkpoint checkpoint =
                RunDirectory.existing(run.root()).checkpoints(2).latest().orElseThrow();
        assertThat(checkpoint.directory().getFileName()).hasToString("step-00000006");
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        TrainingOutcome<AlignmentState> outcome =
                new Trainer<>(Fixtures.job(SPEC, resumed, rule, run)).resume(checkpoint);

        assertThat(resumed.weights()).containsExactly(whole.weights());
        assertThat(outcome.memory()).isEqualTo(wholeOutcome.memory());
        assertThat(learned(run)).isEqualTo(learned(wholeRun));
    }

    @Test
    void crashedRunGoesOnFromItsLastCheckpointAndItsMetricsAreCutBack() throws IOException {
        TinyLanguageModel whole = Fixtures.model();
        RunDirectory wholeRun = Fixtures.directory(directory, "whole");
        new Trainer<>(Fixtures.job(SPEC, whole, rule, wholeRun)).start();

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
                        new Trainer<>(Fixtures.with(Fixtures.job(SPEC, model, rule, run), crash, () -> false)).start())
                .hasMessage("power cut");
        assertThat(learned(run)).hasSize(2);

        Checkpoint checkpoint = run.checkpoints(2).latest().orElseThrow();
        assertThat(checkpoint.state().step()).isEqualTo(4);
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        new Trainer<>(Fixtures.job(SPEC, resumed, rule, run)).resume(checkpoint);
        assertThat(resumed.weights()).containsExactly(whole.weights());
        assertThat(learned(run)).isEqualTo(learned(wholeRun));
    }

    /// Weights do not depend on them, so the run goes on.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void metricsThatWereLostAreMissed(boolean areLost) throws IOException {
        RunDirectory run = Fixtures.directory(directory, "run");
        trainUntil(6, run);
        if (areLost) {
            Files.write(run.metrics().file(), new byte[80]);
        }
        List<String> warnings = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void warning(String message) {
                warnings.add(message);
            }
        };
        Checkpoint checkpoint = run.checkpoints(2).latest().orElseThrow();
        TinyLanguageModel resumed = TinyLanguageModel.load(checkpoint.modelDirectory());
        new Trainer<>(Fixtures.with(Fixtures.job(SPEC, resumed, rule, run), listener, () -> false)).resume(checkpoint);
        assertThat(warnings)
                .isEqualTo(
                        areLost
                                ? List.of(run.metrics().file() + " lacks what was logged up to step 4, before the step"
                                        + " that the run goes on from: plots and reports will lack it")
                                : List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "data-2, 7, 'the training rows are others (fingerprint data-1 then, data-2 now)'",
        "data-1, 8, 'train.seed was 7 and is 8'",
        "data-2, 8, 'train.seed was 7 and is 8; the training rows are others (fingerprint data-1 then, data-2 now)'"
    })
    void refusesToResumeAnotherRun(String data, String seed, String difference) {
        RunDirectory run = Fixtures.directory(directory, "run");
        trainUntil(6, run);
        Checkpoint checkpoint = run.checkpoints(2).latest().orElseThrow();
        TrainingJob<?, ?, ?> job = Fixtures.job(SPEC, Fixtures.model(), rule, run);
        TrainingJob<?, ?, ?> other =
                as(job, new RunIdentity(new Settings(Map.of("train.seed", seed), Map.of()), "recipe-1", data));
        assertThatThrownBy(() -> new Trainer<>(other).resume(checkpoint))
                .isInstanceOf(OtherSettingsException.class)
                .hasMessage("checkpoint " + checkpoint.directory() + " cannot be resumed: " + difference
                        + "; resume with what the run was started with, or start a new run in another" + " directory");
    }

    private static <R extends TokenizedRow, Q, S> TrainingJob<R, Q, S> as(
            TrainingJob<R, Q, S> job, RunIdentity identity) {
        return new TrainingJob<>(
                job.spec(),
                job.model(),
                job.learners(),
                job.rule(),
                job.evaluation(),
                identity,
                job.directory(),
                job.listener(),
                job.stopRequested(),
                job.movingReference());
    }

    private TrainingOutcome<AlignmentState> trainUntil(long lastStep, RunDirectory run) {
        long[] done = {0};
        TrainingListener counter = new TrainingListener() {
            @Override
            public void stepDone(long step, Metrics metrics) {
                done[0] = step;
            }
        };
        TrainingJob<?, ?, AlignmentState> job = Fixtures.job(SPEC, Fixtures.model(), rule, run);
        return new Trainer<>(Fixtures.with(job, counter, () -> done[0] == lastStep)).start();
    }

    /// Lines of metrics without speed, memory and time, which no two runs share.
    private static List<String> learned(RunDirectory run) throws IOException {
        return Files.readAllLines(run.metrics().file()).stream()
                .map(line -> line.replaceAll(",\"(speed|memory|time)/[^,}]*", ""))
                .toList();
    }
}
