package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.Directories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bit that flips in a file of ours is noticed by whatever reads the file again, which names it
/// and the way out.
class DamagedFilesTest {

    private static final String WAY_OUT =
            " has other bytes than were written: put the file back from a copy or make it again; if the change is meant,"
                    + " delete ";

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));

    @BeforeAll
    static void run() throws IOException {
        inputs = Inputs.in(directory);
        Invocation.succeed(inputs.align("run", "--steps=2"));
        Invocation.succeed(inputs.align("adapted", "--steps=2", "--set=adapter=lora"));
    }

    @Test
    void weights() throws IOException {
        Path model = copy("run/model");
        flip(model.resolve("model.safetensors"));
        requireNamed(model.resolve("model.safetensors"), "generate", "--model", model.toString(), "--prompt", "a");
        requireNamed(
                model.resolve("model.safetensors"),
                "sft",
                "--model",
                model.toString(),
                "--data",
                inputs.texts().toString(),
                "--out",
                directory.resolve("of-damaged").toString());
    }

    /// People change these; it is said until they say that it is meant.
    @Test
    void smallFilesOfAModel() throws IOException {
        for (String name : new String[] {"tokenizer.json", "tokenizer_config.json", "config.json"}) {
            Path model = copy("run/model");
            Path changed = model.resolve(name);
            Files.writeString(changed, Files.readString(changed) + "\n");
            String said = "warning: " + changed + WAY_OUT + model.resolve("checksums") + "\n";
            String[] generate = {"generate", "--model", model.toString(), "--prompt", "a", "--max-new-tokens=1"};
            assertThat(Invocation.of(generate).exitCode()).isZero();
            assertThat(Invocation.of(generate).err()).isEqualTo(said);
            assertThat(Invocation.of(
                                    "inspect",
                                    "--model",
                                    model.toString(),
                                    inputs.pairs().toString())
                            .err())
                    .isEqualTo(said);
            Files.delete(model.resolve("checksums"));
            Invocation.succeed(generate);
        }
    }

    /// It is opened as a directory that shows it with its base; what lies beside either is looked
    /// at all the same.
    @Test
    void adapters() throws IOException {
        Path model = copy("adapted/model");
        String[] generate = {"generate", "--model", model.toString(), "--prompt", "a", "--max-new-tokens=1"};
        Invocation.succeed(generate);
        Path text = model.resolve("tokenizer_config.json");
        Files.writeString(text, Files.readString(text) + "\n");
        String said = "warning: " + text + WAY_OUT + model.resolve("checksums") + "\n";
        assertThat(Invocation.of(generate).exitCode()).isZero();
        assertThat(Invocation.of(generate).err()).isEqualTo(said);
        assertThat(Invocation.of(
                                "inspect",
                                "--model",
                                model.toString(),
                                inputs.pairs().toString())
                        .err())
                .isEqualTo(said);
        flip(model.resolve("adapter_model.safetensors"));
        Invocation refused = Invocation.of(generate);
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err())
                .isEqualTo(said + "betatron: " + model.resolve("adapter_model.safetensors") + WAY_OUT
                        + model.resolve("checksums") + "\n");
        assertThat(Invocation.of(
                                "merge",
                                model.toString(),
                                directory.resolve("merged").toString())
                        .err())
                .contains("betatron: " + model.resolve("adapter_model.safetensors") + WAY_OUT);
    }

    @Test
    void basesOfAdapters() throws IOException {
        Path base = copy("model");
        Checksums.write(base);
        Path model = copy("adapted/model");
        Path config = model.resolve("adapter_config.json");
        Files.writeString(config, Files.readString(config).replace(inputs.model(), base.toString()));
        Files.delete(model.resolve("checksums"));
        String[] generate = {"generate", "--model", model.toString(), "--prompt", "a", "--max-new-tokens=1"};
        // The adapter has a tokenizer of its own: the base's is not read.
        Path text = base.resolve("tokenizer_config.json");
        Files.writeString(text, Files.readString(text) + "\n");
        Invocation.succeed(generate);
        flip(base.resolve("model.safetensors"));
        requireNamed(base.resolve("model.safetensors"), generate);
    }

    @Test
    void settingsOfARun() throws IOException {
        Path run = copy("run");
        Files.writeString(run.resolve("recipe.yaml"), "# changed\n", java.nio.file.StandardOpenOption.APPEND);
        requireNamed(run.resolve("recipe.yaml"), "align", "--resume", run.toString());
        // Nothing but that is to be said of a file that was emptied, or in which a setting is no longer one.
        Files.writeString(run.resolve("recipe.yaml"), "");
        requireNamed(run.resolve("recipe.yaml"), "align", "--resume", run.toString());
        Files.writeString(run.resolve("recipe.yaml"), "modem: x\n");
        requireNamed(run.resolve("recipe.yaml"), "align", "--resume", run.toString());
    }

    /// Digits that differ are read like any others.
    @Test
    void recordsOfARun() throws IOException {
        Path run = copy("run");
        for (String name : new String[] {"metrics.jsonl", "gaps-before.jsonl", "samples.jsonl", "data.json"}) {
            String text = Files.readString(run.resolve(name));
            String other = text.replaceFirst("[13]", "2");
            assertThat(other).as(name).isNotEqualTo(text);
            Files.writeString(run.resolve(name), other);
        }
        requireNamed(
                run.resolve("metrics.jsonl"),
                "plot",
                run.toString(),
                "--out",
                run.resolve("plot.png").toString());
        Invocation.succeed("report", run.toString());
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("metrics.jsonl" + WAY_OUT)
                .contains("gaps-before.jsonl" + WAY_OUT)
                .contains("samples.jsonl" + WAY_OUT)
                .contains("data.json" + WAY_OUT);
        // Weights do not depend on them.
        Invocation resumed = Invocation.of("align", "--resume", run.toString());
        assertThat(resumed.exitCode()).isZero();
        assertThat(resumed.out() + resumed.err()).contains("the run goes on, as weights do not depend on it");
    }

    @Test
    void recordsThatAreGone() throws IOException {
        Path run = copy("run");
        String[] names = {"metrics.jsonl", "gaps-before.jsonl", "samples.jsonl", "data.json"};
        for (String name : names) {
            Files.delete(run.resolve(name));
        }
        Invocation.succeed("report", run.toString());
        for (String name : names) {
            assertThat(Files.readString(run.resolve("report.html"))).contains(run.resolve(name) + " is missing");
        }
    }

    @Test
    void whatAnswersWereWrittenWith() throws IOException {
        Path questions = directory.resolve("questions");
        Invocation.succeed("world", questions.toString(), "--texts=2", "--pairs=4", "--evaluation=2");
        Path out = directory.resolve("evaluated");
        String[] evaluate = {
            "evaluate",
            "--model",
            directory.resolve("run/model").toString(),
            "--against",
            "chosen",
            "--data",
            questions.resolve("evaluation.jsonl").toString(),
            "--judge",
            "world",
            "--temperature",
            "0",
            "--max-new-tokens",
            "1",
            "--out",
            out.toString()
        };
        Invocation.succeed(evaluate);
        Path settings = Directories.list(out).stream()
                .filter(file -> file.toString().endsWith(".settings.json"))
                .findFirst()
                .orElseThrow();
        String whole = Files.readString(settings);
        for (String damaged : new String[] {"", whole.substring(0, whole.length() / 2), whole.replace(":", "\u0000")}) {
            Files.writeString(settings, damaged);
            assertThat(Invocation.of(evaluate).err())
                    .isEqualTo("betatron: " + settings + " has other bytes than were written: delete it and what begins"
                            + " with the same name, and the answers are written again\n");
        }
    }

    @Test
    void modelsWithoutTheirConfiguration() throws IOException {
        Path model = copy("run/model");
        Files.delete(model.resolve("config.json"));
        assertThat(Invocation.of(
                                "score",
                                "--model",
                                model.toString(),
                                "--data",
                                inputs.pairs().toString(),
                                "--suspicious",
                                "1")
                        .err())
                .endsWith("betatron: model directory " + model + " has no config.json\n");
    }

    @Test
    void rowsOfAWorld() throws IOException {
        Path world = directory.resolve("world");
        Invocation.succeed("world", world.toString(), "--texts=2", "--pairs=4", "--evaluation=2");
        Path pairs = world.resolve("pairs.jsonl");
        Files.writeString(pairs, Files.readString(pairs).replaceFirst("\"flipped\":false", "\"flipped\":true "));
        requireNamed(pairs, "inspect", "--model", inputs.model(), pairs.toString());
    }

    private static void requireNamed(Path damaged, String... command) {
        Invocation refused = Invocation.of(command);
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err())
                .isEqualTo("betatron: " + damaged + WAY_OUT + damaged.resolveSibling("checksums") + "\n");
    }

    private static Path copy(String name) throws IOException {
        Path copy = Files.createTempDirectory(directory, "copy").resolve("it");
        FuzzTarget.copy(directory.resolve(name), copy);
        return copy;
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }
}
