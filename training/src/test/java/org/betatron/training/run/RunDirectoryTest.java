package org.betatron.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.Directories;
import org.betatron.testkit.TinyLanguageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    @TempDir
    private Path directory;

    @Test
    void newRunWritesItsRecipeAndRefusesASecondOne() {
        Path root = directory.resolve("runs/x");
        try (RunDirectory run = RunDirectory.create(root, "seed: 1\n", SideFiles.NONE)) {
            assertThat(run.recipeFile()).hasContent("seed: 1\n");
        }
        assertThatThrownBy(() -> RunDirectory.create(root, "seed: 2\n", SideFiles.NONE))
                .isInstanceOf(RunDirectoryException.class)
                .hasMessage(root + " already holds a run; resume it, or choose another directory for a new one");
        assertThat(RunDirectory.existing(root).recipeFile()).hasContent("seed: 1\n");
    }

    @Test
    void neverWritesBetweenFilesOfSomebodyElse() throws IOException {
        Files.writeString(directory.resolve("thesis.tex"), "");
        assertThatThrownBy(() -> RunDirectory.create(directory, "", SideFiles.NONE))
                .isInstanceOf(RunDirectoryException.class)
                .hasMessage(directory + " must be an empty directory, or not exist, for a new run");
        assertThat(Directories.list(directory)).containsExactly(directory.resolve("thesis.tex"));
    }

    @Test
    void resumeNeedsARun() throws IOException {
        assertThatThrownBy(() -> RunDirectory.resume(directory, SideFiles.NONE))
                .isInstanceOf(RunDirectoryException.class)
                .hasMessage(directory + " holds no run: " + directory.resolve("recipe.yaml") + " is missing");
        assertThat(Directories.list(directory)).isEmpty();
    }

    @Test
    void secondRunOfOneProcessIsRefusedAndTheFirstStaysAlone() {
        Path root = directory.resolve("run");
        try (RunDirectory _ = RunDirectory.create(root, "", SideFiles.NONE)) {
            String inUse = inUse(root, ProcessHandle.current().pid());
            // Twice: a refusal must not give back the lock that was in its way.
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> RunDirectory.create(root, "", SideFiles.NONE))
                        .hasMessage(inUse);
                assertThatThrownBy(() -> RunDirectory.resume(directory.resolve("./run"), SideFiles.NONE))
                        .isInstanceOf(RunDirectoryException.class);
            }
        }
        RunDirectory.resume(root, SideFiles.NONE).close();
        RunDirectory.resume(root, SideFiles.NONE).close();
    }

    @Test
    void runOfAnotherProcessIsRefusedUntilItDies() throws IOException, InterruptedException {
        Path root = directory.resolve("run");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RunDirectoryHolder.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");
            assertThatThrownBy(() -> RunDirectory.create(root, "", SideFiles.NONE))
                    .isInstanceOf(RunDirectoryException.class)
                    .hasMessage(inUse(root, other.pid()));
            assertThatThrownBy(() -> RunDirectory.resume(root, SideFiles.NONE)).hasMessage(inUse(root, other.pid()));
            // Reading needs no lock.
            assertThat(RunDirectory.existing(root).recipeFile()).hasContent("held: true\n");
        } finally {
            other.destroyForcibly().waitFor();
        }
        RunDirectory.resume(root, SideFiles.NONE).close();
        assertThat(root.resolve(".lock")).hasContent(ProcessHandle.current().pid() + "\n");
    }

    @Test
    void halfACheckpointIsNeverTakenForOneAndGoesWhenTheRunGoesOn() throws IOException {
        Path root = directory.resolve("run");
        RunDirectory.create(root, "", SideFiles.NONE).close();
        Path partial = Files.createDirectories(root.resolve("checkpoints/.partial-1-1-step-00000099"));
        Files.writeString(partial.resolve("state.json"), "{}");
        assertThat(RunDirectory.existing(root).checkpoints(1).latest()).isEmpty();
        assertThat(partial).exists();
        try (RunDirectory run = RunDirectory.resume(root, SideFiles.NONE)) {
            assertThat(run.checkpoints(1).latest()).isEmpty();
            assertThat(root.resolve("checkpoints")).isEmptyDirectory();
        }
    }

    @Test
    void onlyTheFirstFilesOfARunAreTakenBack() throws IOException {
        Path root = directory.resolve("run");
        try (RunDirectory run = RunDirectory.create(root, "", SideFiles.NONE)) {
            Files.writeString(run.droppedRowsFile(), "");
            run.discardIfOnly(Set.of());
            assertThat(run.droppedRowsFile()).exists();
            run.discardIfOnly(Set.of(run.droppedRowsFile()));
            assertThat(root).doesNotExist();
        }
        RunDirectory.create(root, "", SideFiles.NONE).close();
    }

    private static String inUse(Path root, long process) {
        return root + " is in use by a run that still goes on, process " + process
                + ": wait until it ends or stop it (kill " + process + "), or choose another directory";
    }

    @Test
    void modelComesWithItsSideFilesAndReplacesAnEarlierOne() throws IOException {
        Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), "{}");
        Path templates = Files.createDirectory(directory.resolve("additional_chat_templates"));
        Files.writeString(templates.resolve("tool_use.jinja"), "{{ tools }}");
        RunDirectory run =
                RunDirectory.create(directory.resolve("run"), "", new SideFiles(List.of(tokenizer, templates)));
        run.saveModel(TinyLanguageModel.random(4, 2, 8, 1)::save);
        TinyLanguageModel second = TinyLanguageModel.random(4, 2, 8, 2);
        run.saveModel(second::save);
        assertThat(run.modelDirectory().resolve("tokenizer.json")).hasContent("{}");
        assertThat(run.modelDirectory().resolve("additional_chat_templates/tool_use.jinja"))
                .hasContent("{{ tools }}");
        assertThat(TinyLanguageModel.load(run.modelDirectory()).weights()).containsExactly(second.weights());
        assertThat(Directories.list(run.root()))
                .containsExactly(
                        run.root().resolve(".lock"),
                        run.root().resolve("checksums"),
                        run.modelDirectory(),
                        run.recipeFile());
        assertThat(Checksums.damage(run.modelDirectory())).isEmpty();
        Files.writeString(run.modelDirectory().resolve("tokenizer.json"), "[]");
        assertThat(Checksums.damage(run.modelDirectory()))
                .contains(run.modelDirectory().resolve("tokenizer.json") + " has other bytes than were written");
    }

    /// A run that goes on writes its records anew: what was noted of them before does not count meanwhile.
    @Test
    void whatIsReadAgainIsNotedWhenARunEnds() throws IOException {
        Path root = directory.resolve("run");
        Path metrics = root.resolve("metrics.jsonl");
        Path list = root.resolve("checksums");
        try (RunDirectory run = RunDirectory.create(root, "a: 1", SideFiles.NONE)) {
            assertThat(list).content().containsOnlyOnce("\n").endsWith(" 4 recipe.yaml\n");
            run.metrics().append(1, Metrics.EMPTY);
        }
        assertThat(list).content().contains(" metrics.jsonl\n", " recipe.yaml\n");
        try (RunDirectory run = RunDirectory.resume(root, SideFiles.NONE)) {
            assertThat(list).content().doesNotContain("metrics.jsonl");
            run.changes("b: 2");
            assertThat(list).content().contains(" changes.yaml\n", " recipe.yaml\n");
        }
        assertThat(Checksums.damage(root, _ -> true)).isEmpty();
        Files.writeString(metrics, "{}");
        RunDirectory.existing(root);
        Files.writeString(root.resolve("changes.yaml"), "b: 3");
        assertThatThrownBy(() -> RunDirectory.existing(root))
                .isInstanceOf(RunDirectoryException.class)
                .hasMessageStartingWith(root.resolve("changes.yaml") + " has other bytes than were written");
    }

    @Test
    void missingSideFileIsNamedAndLeavesNoModel() {
        Path missing = directory.resolve("tokenizer.json");
        RunDirectory run = RunDirectory.create(directory.resolve("run"), "", new SideFiles(List.of(missing)));
        assertThatThrownBy(() -> run.saveModel(TinyLanguageModel.random(4, 2, 8, 1)::save))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("model " + run.modelDirectory() + " cannot be written: " + missing);
        assertThat(run.modelDirectory()).doesNotExist();
    }
}
