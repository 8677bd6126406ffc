package org.betatron.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.files.Directories;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TrainableModel;
import org.betatron.core.statistics.RunningMoments;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CheckpointsTest {

    private static final RunIdentity IDENTITY =
            new RunIdentity(new Settings(Map.of("train.seed", "1", "data.files", "[]"), Map.of()), "recipe", "data");
    private static final JsonNode NOTHING = NoState.FORMAT.write(NoState.NOTHING);
    private static final StateFormat<AlignmentState> FORMAT =
            new RecordFormat<>(AlignmentState.class, AlignmentState.START);

    private final TinyLanguageModel model = TinyLanguageModel.random(4, 2, 8, 1);
    private final TinyOptimizer optimizer = new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT);

    @TempDir
    private Path directory;

    @Test
    void stateSurvivesExactly() {
        AlignmentState alignment = AlignmentState.of(
                RunningMoments.EMPTY.update(new double[] {0.1, -1.0 / 3, 7}, 0.9),
                RunningMoments.EMPTY.update(new double[] {1e-300, 5}, 0.9),
                1.0 / 3);
        TrainingState state = new TrainingState(3, 24, 1, 12.5);
        Checkpoints checkpoints = new Checkpoints(directory, 2, SideFiles.NONE);
        checkpoints.write(learners(model), Optional.empty(), IDENTITY, state, FORMAT.write(alignment));
        Checkpoint latest = checkpoints.latest().orElseThrow();
        assertThat(latest.directory()).isEqualTo(directory.resolve("step-00000003"));
        assertThat(latest.identity()).isEqualTo(IDENTITY.recorded());
        assertThat(latest.state()).isEqualTo(state);
        assertThat(latest.memory(FORMAT)).isEqualTo(alignment);
    }

    @Test
    void olderOnesGoOnceNewerOnesAreInPlace() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, 2, SideFiles.NONE);
        for (long step : new long[] {5, 10, 15}) {
            checkpoints.write(learners(model), Optional.empty(), IDENTITY, state(step), NOTHING);
        }
        assertThat(names()).containsExactly("step-00000010", "step-00000015");
    }

    @Test
    void fullDiskLeavesTheLastCheckpointWholeAndNothingHalfMade() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, 1, SideFiles.NONE);
        checkpoints.write(learners(model), Optional.empty(), IDENTITY, state(5), NOTHING);
        assertThatThrownBy(() -> checkpoints.write(
                        learners(new FullDiskModel(model)), Optional.empty(), IDENTITY, state(10), NOTHING))
                .isInstanceOf(TrainingException.class)
                .hasMessage("checkpoint " + directory.resolve("step-00000010")
                        + " cannot be written: No space left on device; the last whole one is "
                        + directory.resolve("step-00000005") + ": free space, then resume the run");
        assertThat(names()).containsExactly("step-00000005");
        Checkpoint latest = checkpoints.latest().orElseThrow();
        assertThat(TinyLanguageModel.load(latest.modelDirectory()).weights()).containsExactly(model.weights());
    }

    @Test
    void aDamagedCheckpointIsPassedOver() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, 2, SideFiles.NONE);
        Checkpoint older = checkpoints.write(learners(model), Optional.empty(), IDENTITY, state(5), NOTHING);
        Path newer = checkpoints
                .write(learners(model), Optional.empty(), IDENTITY, state(10), NOTHING)
                .directory();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(newer)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        assertThat(files).hasSizeGreaterThan(3);
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            for (int at : new int[] {0, whole.length / 2, whole.length - 1}) {
                byte[] flipped = whole.clone();
                flipped[at] ^= 1;
                Files.write(file, flipped);
                List<String> passedOver = new ArrayList<>();
                assertThat(checkpoints.latest(passedOver::add).orElseThrow().directory())
                        .as("byte %d of %s", at, file)
                        .isEqualTo(older.directory());
                assertThat(passedOver)
                        .singleElement()
                        .asString()
                        .startsWith("checkpoint " + newer + " is damaged: ")
                        .endsWith("; the run goes on from " + older.directory());
            }
            Files.delete(file);
            if (!file.endsWith("checksums")) {
                assertThat(checkpoints.latest().orElseThrow().directory()).isEqualTo(older.directory());
            }
            Files.write(file, whole);
        }
        assertThat(checkpoints.latest(problem -> fail(problem)).orElseThrow().directory())
                .isEqualTo(newer);
    }

    @Test
    void whereEveryCheckpointIsDamagedTheWayOutIsSaid() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, 1, SideFiles.NONE);
        Path checkpoint = checkpoints
                .write(learners(model), Optional.empty(), IDENTITY, state(1), NOTHING)
                .directory();
        Files.writeString(checkpoint.resolve("optimizer.bin"), "other");
        String wayOut = "; there is no older whole checkpoint to go on from: delete " + directory
                + " to begin the run again, or start it in another directory";
        assertThatThrownBy(checkpoints::latest)
                .isInstanceOf(TrainingException.class)
                .hasMessage("checkpoint " + checkpoint + " is damaged: " + checkpoint.resolve("optimizer.bin")
                        + " has other bytes than were written" + wayOut);
        Files.delete(checkpoint.resolve("checksums")); // as older versions left it
        for (String state : List.of("{\"identity\":", "{}")) {
            Files.writeString(checkpoint.resolve("state.json"), state);
            assertThatThrownBy(checkpoints::latest)
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("state.json cannot be understood: ")
                    .hasMessageEndingWith(wayOut);
        }
    }

    /// As the first version wrote it, with the state of an alignment for every rule.
    @Test
    void firstVersionIsStillRead() throws IOException {
        Path checkpoint = Files.createDirectory(directory.resolve("step-00000007"));
        Files.writeString(checkpoint.resolve("state.json"), """
                {"identity":{"recipeHash":"recipe","dataKey":"data","seed":1},"state":{"step":7,"position":56,\
                "alignment":{"gaps":{"meanAverage":0.25,"deviationAverage":0.5,"updates":3,"deviationUpdates":2,\
                "gapSum":1.5,"gapCount":24},"tracked":{"meanAverage":0.0,"deviationAverage":0.0,"updates":0,\
                "deviationUpdates":0,"gapSum":0.0,"gapCount":0},"betaRatio":0.75},\
                "skippedSteps":2,"elapsedSeconds":1.5}}""");
        Checkpoint latest =
                new Checkpoints(directory, 1, SideFiles.NONE).latest().orElseThrow();
        assertThat(latest.identity()).isEqualTo(new RecordedIdentity.ByRecipe("recipe", "data"));
        assertThat(latest.state()).isEqualTo(new TrainingState(7, 56, 2, 1.5));
        assertThat(latest.memory(FORMAT))
                .isEqualTo(AlignmentState.of(new RunningMoments(0.25, 0.5, 3, 2, 1.5, 24), RunningMoments.EMPTY, 0.75));
        assertThat(latest.memory(NoState.FORMAT)).isEqualTo(NoState.NOTHING);
    }

    @Test
    void damagedMemoryAndLaterVersionsSayWhatToDo() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, 1, SideFiles.NONE);
        Path checkpoint = checkpoints
                .write(learners(model), Optional.empty(), IDENTITY, state(1), NOTHING)
                .directory();
        Checkpoint latest = checkpoints.latest().orElseThrow();
        assertThatThrownBy(() -> latest.memory(FORMAT))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("state.json cannot be understood: what the rule remembered is damaged: ")
                .hasMessageContaining("gaps")
                .hasMessageEndingWith("; delete " + checkpoint + " to resume from the checkpoint before it");
        Files.delete(checkpoint.resolve("checksums"));
        Files.writeString(checkpoint.resolve("state.json"), "{\"version\":3}");
        assertThatThrownBy(checkpoints::latest)
                .hasMessageContaining("it has version 3, and this Betatron knows versions up to 2; resume with the one"
                        + " that wrote it");
    }

    private static TrainingState state(long step) {
        return new TrainingState(step, 8 * step, 0, 0);
    }

    private List<Learner> learners(TrainableModel saved) {
        return List.of(Learner.of(saved, optimizer));
    }

    private List<String> names() throws IOException {
        return Directories.list(directory).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    /// A model whose save fails half way.
    private record FullDiskModel(TinyLanguageModel model) implements TrainableModel {

        @Override
        public int tokensAtOnce() {
            return model.tokensAtOnce();
        }

        @Override
        public void save(Path target) throws IOException {
            Files.write(target.resolve("model.safetensors"), new byte[100]);
            throw new IOException("No space left on device");
        }

        @Override
        public ForwardPass forward(PackedBatch batch) {
            return model.forward(batch);
        }

        @Override
        public long graphBytes(long numTokens) {
            return model.graphBytes(numTokens);
        }

        @Override
        public void moveTowards(TrainableModel other, double share) {
            model.moveTowards(other, share);
        }

        @Override
        public TokenNumbers score(PackedBatch batch) {
            return model.score(batch);
        }

        @Override
        public int vocabularySize() {
            return model.vocabularySize();
        }

        @Override
        public int maxPositions() {
            return model.maxPositions();
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
