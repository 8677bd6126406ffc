package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// GGUF files wherever a model directory is taken, and there and back.
class ConvertCommandTest {

    private static final String PROMPT = "\\n\\nHuman: Hello?\\n\\nAssistant:";

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));

    @BeforeAll
    static void makeInputs() throws IOException {
        inputs = Inputs.in(directory);
        Invocation.succeed("convert", inputs.model(), file("exact.gguf"), "--type", "f32");
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    private static String answer(String model) {
        return Invocation.succeed("generate", "--model", model, "--prompt", PROMPT, "--max-new-tokens", "12");
    }

    @Test
    void thereAndBackNothingChanges() throws IOException {
        assertThat(Invocation.succeed("convert", file("exact.gguf"), file("back")))
                .isEqualTo("Model written to %s in float32%n".formatted(file("back")));
        assertThat(directory.resolve("back/model.safetensors"))
                .hasSameBinaryContentAs(Path.of(inputs.model(), "model.safetensors"));
        JsonNode config = JsonMapper.shared().readTree(Files.readString(directory.resolve("back/config.json")));
        JsonNode before = JsonMapper.shared().readTree(Files.readString(Path.of(inputs.model(), "config.json")));
        for (String key : new String[] {"model_type", "hidden_size", "num_hidden_layers", "vocab_size"}) {
            assertThat(config.path(key)).as(key).isEqualTo(before.path(key));
        }
        assertThat(answer(file("back"))).isEqualTo(answer(inputs.model()));
    }

    @Test
    void aFileStandsForADirectory() throws IOException {
        String gguf = file("exact.gguf");
        assertThat(answer(gguf)).isEqualTo(answer(inputs.model()));
        assertThat(Invocation.succeed("inspect", inputs.pairs().toString(), "--model", gguf))
                .isEqualTo(Invocation.succeed("inspect", inputs.pairs().toString(), "--model", inputs.model()));
        Invocation.succeed(
                "sft", "--model", gguf, "--data", inputs.texts().toString(), "--out", file("sft"), "--steps", "1");
        Invocation.succeed(
                "align", "--model", gguf, "--data", inputs.pairs().toString(), "--out", file("dpo"), "--steps", "2");
        assertThat(directory.resolve("dpo/model")).isDirectoryContaining("glob:**/tokenizer.json");
        Invocation.succeed("align", "--resume", file("dpo"));
        String[] score = {
            "score",
            "--model",
            file("dpo/model"),
            "--reference",
            gguf,
            "--data",
            inputs.pairs().toString(),
            "--out",
            file("scored.jsonl")
        };
        Invocation.succeed(score);
        assertThat(Files.readAllLines(directory.resolve("scored.jsonl"))).hasSize(20);
        Invocation.succeed("convert", file("dpo/model"), file("dpo.gguf"), "--type", "q8_0");
        assertThat(answer(file("dpo.gguf"))).isNotNull();
        for (String source : List.of(file("dpo.gguf"), inputs.model())) {
            Invocation again = Invocation.of("convert", source, file("dpo.gguf"));
            assertThat(again.exitCode()).isEqualTo(2);
            assertThat(again.err())
                    .isEqualTo("betatron: " + file("dpo.gguf") + " exists: name another file, or remove it first\n");
        }
    }

    @Test
    void whatCannotBeDoneIsSaid() throws IOException {
        assertThat(Invocation.of("convert", inputs.model(), file("other")).err())
                .startsWith("betatron: one of the two must be a GGUF file, whose name ends in .gguf, but both are");
        assertThat(Invocation.of("convert", inputs.model(), file("x.gguf"), "--type", "q4_k")
                        .err())
                .startsWith("betatron: --type of a GGUF file must be one of bf16, f16, f32, q8_0 but was 'q4_k'");
        assertThat(Invocation.of("convert", file("missing.gguf"), file("other")).err())
                .startsWith("betatron: model file " + file("missing.gguf") + " does not exist");
        byte[] bytes = Files.readAllBytes(directory.resolve("exact.gguf"));
        Files.write(directory.resolve("cut.gguf"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Invocation cut = Invocation.of("generate", "--model", file("cut.gguf"), "--prompt", "x");
        assertThat(cut.exitCode()).isEqualTo(2);
        assertThat(cut.err())
                .contains("lies outside the file, which is damaged or cut short")
                .doesNotContain("unexpected");
        assertThat(Invocation.of("convert", file("cut.gguf"), file("cut")).exitCode())
                .isEqualTo(2);
        assertThat(directory.resolve("cut")).doesNotExist();
        Files.writeString(directory.resolve("text.gguf"), "no model");
        assertThat(Invocation.of(
                                "align",
                                "--model",
                                file("text.gguf"),
                                "--data",
                                inputs.pairs().toString(),
                                "--out",
                                file("no"))
                        .err())
                .contains("is not a GGUF file");
    }
}
