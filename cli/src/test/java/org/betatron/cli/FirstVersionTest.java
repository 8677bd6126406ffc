package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.betatron.core.files.Directories;
import org.betatron.core.run.RunFiles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the first version left behind is still good: runs go on, caches are read, answers are found.
///
/// Where one of these fails, the code is to be mended; `first-version` is never recorded again.
class FirstVersionTest {

    @TempDir
    private static Path directory;

    /// Recorded paths are relative to the directory that it works in.
    private static @Nullable CommandProcess started;

    @BeforeAll
    static void start() throws IOException {
        started = new CommandProcess(directory);
    }

    @AfterAll
    static void end() {
        process().close();
    }

    private static CommandProcess process() {
        return Objects.requireNonNull(started);
    }

    @BeforeEach
    void copyRecordings() throws IOException, URISyntaxException {
        try (Stream<Path> before = Files.list(directory)) {
            for (Path path : before.toList()) {
                Directories.delete(path);
            }
        }
        URL recordings = Objects.requireNonNull(getClass().getResource("first-version"));
        Path source = Path.of(recordings.toURI());
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = directory.resolve(source.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    @Test
    void alignmentGoesOnToTheEnd() throws IOException {
        requireSameEnd("align");
    }

    @Test
    void fineTuningGoesOnToTheEndAndComparesSettingsByName() throws IOException {
        requireSameEnd("sft");

        // Today's checkpoint, as a version before or after this one would have written it.
        Path state = directory.resolve("sft/checkpoints/step-00000006/state.json");
        String written = Files.readString(state);
        assertThat(written).contains("\"train.frozen\":\"[]\",", "\"train.learningRate\":\"0.001\"");
        Files.delete(state.resolveSibling("checksums")); // or it would count as damaged

        Files.writeString(state, written.replace("\"train.frozen\":\"[]\",", ""));
        Invocation newSetting = process().run("sft", "--resume", "sft");
        assertThat(newSetting.exitCode()).as(newSetting.text()).isZero();

        Files.writeString(
                state,
                written.replace("\"train.frozen\":", "\"train.warmth\":\"3\",\"train.frozen\":")
                        .replace("\"train.learningRate\":\"0.001\"", "\"train.learningRate\":\"0.002\""));
        Invocation others = process().run("sft", "--resume", "sft");
        assertThat(others.text())
                .contains("betatron: checkpoint sft/checkpoints/step-00000006 cannot be resumed: ")
                .contains("train.learningRate was 0.002 and is 0.001; ")
                .contains("train.warmth was 3, and is not a setting of this version here; ");
        assertThat(others.exitCode()).isEqualTo(2);
    }

    private void requireSameEnd(String command) throws IOException {
        Path run = directory.resolve(command);
        byte[] recipe = Files.readAllBytes(run.resolve(RunFiles.RECIPE));
        Invocation resumed = process().run(command, "--resume", command);
        assertThat(resumed.exitCode()).as(resumed.text()).isZero();

        assertThat(run.resolve("model/model.safetensors")).exists();
        assertThat(Files.readAllBytes(run.resolve(RunFiles.RECIPE))).isEqualTo(recipe);
        Map<String, Double> losses = losses(run.resolve(RunFiles.METRICS));
        Map<String, Double> recorded = losses(directory.resolve(command + "-later-metrics.jsonl"));
        assertThat(recorded).hasSize(4);
        // Another processor rounds otherwise.
        recorded.forEach((at, loss) -> assertThat(losses.get(at)).as(at).isCloseTo(loss, within(1e-5)));
    }

    @Test
    void changedRecipeIsRefused() throws IOException {
        Path recipe = directory.resolve("sft").resolve(RunFiles.RECIPE);
        Files.writeString(recipe, Files.readString(recipe).replace("learningRate: 0.001", "learningRate: 0.002"));
        Invocation resumed = process().run("sft", "--resume", "sft");
        assertThat(resumed.text())
                .contains("betatron: checkpoint sft/checkpoints/step-00000003 cannot be resumed: its recipe.yaml was"
                        + " changed since the run was begun; resume with what the run was started with, or start a new"
                        + " run in another directory");
        assertThat(resumed.exitCode()).isEqualTo(2);
    }

    @Test
    void cacheIsReadAndSaysWhatDiffers() throws IOException {
        List<String> begin = List.of(
                "align",
                "--model=start",
                "--data=pairs.jsonl",
                "--reference-cache=align/reference",
                "--steps=1",
                "--batch-size=2",
                "--set=data.heldOut=2",
                "--set=compute.threads=1",
                "--set=data.truncation.maxTokens=64",
                "--set=train.evaluateEvery=0",
                "--set=data.truncation.maxPromptTokens=48");
        Invocation same = process().run(Invocation.arguments(begin, "--out=again"));
        assertThat(same.exitCode()).as(same.text()).isZero();
        assertThat(same.text()).contains("Reference log-probs read from align/reference/training.logprobs");

        Invocation other = process()
                .run(Invocation.arguments(
                        begin, "--out=other", "--set=compute.precision=bf16", "--set=data.truncation.keep=start"));
        assertThat(other.text())
                .contains("betatron: reference file align/reference/training.logprobs was made with other settings: ")
                .contains("compute.precision was fp32 and is bf16")
                .contains("data.truncation.keep was end and is start")
                .contains("; delete it or choose another path");
        assertThat(other.exitCode()).isEqualTo(2);
    }

    @Test
    void writtenAnswersAreFound() throws IOException {
        List<String> before = written();
        Invocation judged = evaluate("--max-new-tokens=4");
        assertThat(judged.exitCode()).as(judged.text()).isZero();
        assertThat(written()).isEqualTo(before);
        // Other answers are kept beside them, under their settings, and found the next time.
        assertThat(evaluate("--max-new-tokens=3").exitCode()).isZero();
        List<String> after = written();
        assertThat(after).hasSize(before.size() + 4);
        assertThat(evaluate("--max-new-tokens=3").exitCode()).isZero();
        assertThat(written()).isEqualTo(after);
    }

    private Invocation evaluate(String option) throws IOException {
        return process()
                .run(
                        "evaluate",
                        "--model=start",
                        "--data=pairs.jsonl",
                        "--judge=reward",
                        "--reward-model=judge",
                        "--out=evaluation",
                        "--temperature=0,1",
                        "--limit=3",
                        option);
    }

    private List<String> written() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("evaluation"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("written-"))
                    .sorted()
                    .toList();
        }
    }

    /// @return losses by step and name
    private static Map<String, Double> losses(Path metrics) throws IOException {
        Map<String, Double> losses = new LinkedHashMap<>();
        for (String line : Files.readAllLines(metrics)) {
            JsonNode values = JsonMapper.shared().readTree(line);
            for (String name : List.of("train/loss", "eval/loss")) {
                if (values.has(name)) {
                    losses.put(
                            "step " + values.get("step").asInt() + " " + name,
                            values.get(name).asDouble());
                }
            }
        }
        return losses;
    }
}
