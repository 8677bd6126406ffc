package org.betatron.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.files.Directories;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.core.model.TrainableModel;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.core.statistics.RunningMoments;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

    private static final RunIdentity IDENTITY = new RunIdentity("recipe", "data", 1);

    private final TinyLanguageModel model = TinyLanguageModel.random(4, 2, 8, 1);
    private final TinyOptimizer optimizer = new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT);

    @TempDir
    private Path directory;

    @Test
    void stateSurvivesExactly() {
        AlignmentState alignment = new AlignmentState(
                RunningMoments.EMPTY.update(new double[] {0.1, -1.0 / 3, 7}, 0.9),
                RunningMoments.EMPTY.update(new double[] {1e-300, 5}, 0.9),
                1.0 / 3);
        TrainingState state = new TrainingState(3, 24, alignment, 1, 12.5);
        Checkpoints checkpoints = new Checkpoints(directory, 2, SideFiles.NONE);
        checkpoints.write(model, optimizer, Optional.empty(), IDENTITY, state);
        assertThat(checkpoints.latest()).contains(new Checkpoint(directory.resolve("step-00000003"), IDENTITY, state));
    }

    @Test
    void olderOnesGoOnceNewerOnesAreInPlace() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, 2, SideFiles.NONE);
        for (long step : new long[] {5, 10, 15}) {
            checkpoints.write(model, optimizer, Optional.empty(), IDENTITY, state(step));
        }
        assertThat(names()).containsExactly("step-00000010", "step-00000015");
    }

    @Test
    void fullDiskLeavesTheLastCheckpointWholeAndNothingHalfMade() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, 1, SideFiles.NONE);
        checkpoints.write(model, optimizer, Optional.empty(), IDENTITY, state(5));
        assertThatThrownBy(() ->
                        checkpoints.write(new FullDiskModel(model), optimizer, Optional.empty(), IDENTITY, state(10)))
                .isInstanceOf(TrainingException.class)
                .hasMessage("checkpoint " + directory.resolve("step-00000010")
                        + " cannot be written: No space left on device; the last whole one is "
                        + directory.resolve("step-00000005") + ": free space, then resume the run");
        assertThat(names()).containsExactly("step-00000005");
        Checkpoint latest = checkpoints.latest().orElseThrow();
        assertThat(TinyLanguageModel.load(latest.modelDirectory()).weights()).containsExactly(model.weights());
    }

    @Test
    void damagedStateSaysWhatToDo() throws IOException {
        Checkpoints checkpoints = new Checkpoints(directory, 1, SideFiles.NONE);
        Path checkpoint = checkpoints
                .write(model, optimizer, Optional.empty(), IDENTITY, state(1))
                .directory();
        Files.writeString(checkpoint.resolve("state.json"), "{\"identity\":");
        assertThatThrownBy(checkpoints::latest)
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("state.json cannot be understood: ")
                .hasMessageEndingWith("; delete " + checkpoint + " to resume from the checkpoint before it");
        Files.writeString(checkpoint.resolve("state.json"), "{}");
        assertThatThrownBy(checkpoints::latest).hasMessageContaining("state.json cannot be understood: ");
    }

    private static TrainingState state(long step) {
        return new TrainingState(step, 8 * step, AlignmentState.START, 0, 0);
    }

    private List<String> names() throws IOException {
        return Directories.list(directory).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    /// A model whose save fails half way.
    private record FullDiskModel(TinyLanguageModel model) implements TrainableModel {

        @Override
        public void save(Path target) throws IOException {
            Files.write(target.resolve("model.safetensors"), new byte[100]);
            throw new IOException("No space left on device");
        }

        @Override
        public ForwardPass forward(PackedBatch batch, VocabularyRequest request) {
            return model.forward(batch, request);
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
        public TokenLogProbs score(PackedBatch batch, VocabularyRequest request) {
            return model.score(batch, request);
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
