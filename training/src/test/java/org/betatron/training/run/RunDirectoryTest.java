package org.betatron.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.betatron.testkit.TinyLanguageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    @TempDir
    private Path directory;

    @Test
    void newRunWritesItsRecipeAndRefusesASecondOne() {
        Path root = directory.resolve("runs/x");
        RunDirectory run = RunDirectory.create(root, "seed: 1\n");
        assertThat(run.recipeFile()).hasContent("seed: 1\n");
        assertThatThrownBy(() -> RunDirectory.create(root, "seed: 2\n"))
                .isInstanceOf(TrainingException.class)
                .hasMessage(root + " already holds a run; resume it, or choose another directory for a new one");
        assertThat(RunDirectory.existing(root).recipeFile()).hasContent("seed: 1\n");
    }

    @Test
    void neverWritesBetweenFilesOfSomebodyElse() throws IOException {
        Files.writeString(directory.resolve("thesis.tex"), "");
        assertThatThrownBy(() -> RunDirectory.create(directory, ""))
                .hasMessage(directory + " must be an empty directory, or not exist, for a new run");
    }

    @Test
    void resumeNeedsARun() {
        assertThatThrownBy(() -> RunDirectory.existing(directory))
                .hasMessage(directory + " holds no run to resume: " + directory.resolve("recipe.yaml") + " is missing");
    }

    @Test
    void modelComesWithItsSideFilesAndReplacesAnEarlierOne() throws IOException {
        Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), "{}");
        RunDirectory run = RunDirectory.create(directory.resolve("run"), "");
        run.saveModel(TinyLanguageModel.random(4, 2, 8, 1)::save, List.of());
        TinyLanguageModel second = TinyLanguageModel.random(4, 2, 8, 2);
        run.saveModel(second::save, List.of(tokenizer));
        assertThat(run.modelDirectory().resolve("tokenizer.json")).hasContent("{}");
        assertThat(TinyLanguageModel.load(run.modelDirectory()).weights()).containsExactly(second.weights());
        assertThat(AtomicFiles.list(run.root())).containsExactly(run.modelDirectory(), run.recipeFile());
    }

    @Test
    void missingSideFileIsNamedAndLeavesNoModel() {
        RunDirectory run = RunDirectory.create(directory.resolve("run"), "");
        Path missing = directory.resolve("tokenizer.json");
        assertThatThrownBy(() -> run.saveModel(TinyLanguageModel.random(4, 2, 8, 1)::save, List.of(missing)))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("model " + run.modelDirectory() + " cannot be written: " + missing);
        assertThat(run.modelDirectory()).doesNotExist();
    }
}
