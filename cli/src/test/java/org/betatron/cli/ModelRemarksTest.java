package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is to be said of a model's files, by every command that opens it: once, and not among results.
class ModelRemarksTest {

    @TempDir
    private static Path directory = Path.of("");

    private static WorldInputs inputs = new WorldInputs(Path.of(""));
    private static String tied = "";
    private static String strange = "";

    /// A model whose configuration ties the head that its file has, and one with a setting that nobody knows.
    @BeforeAll
    static void makeModels() throws IOException {
        inputs = WorldInputs.in(directory, 1, "--texts", "20", "--pairs", "20", "--evaluation", "3");
        tied = copy("tied", "\"tie_word_embeddings\": true");
        strange = copy("strange", "\"mystery_scale\": 2");
    }

    private static String copy(String name, String setting) throws IOException {
        Path to = Files.createDirectories(directory.resolve(name));
        try (var files = Files.list(Path.of(inputs.model()))) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
        add(to, setting);
        return to.toString();
    }

    private static void add(Path model, String setting) throws IOException {
        Path config = model.resolve("config.json");
        String key = setting.substring(0, setting.indexOf(':'));
        String text = Files.readString(config).replaceAll(key + "[^,}]*,", "");
        Files.writeString(config, text.replaceFirst("\\{", "{" + setting + ","));
    }

    private static String ofTied() {
        return "warning: " + tied
                + "/config.json ties the head to the embedding, but the weights hold a head of its own:"
                + " it is used, as in transformers 5, and the model is saved with tie_word_embeddings false\n";
    }

    private static String ofStrange(String model) {
        return "warning: " + model + "/config.json: not known, and without effect here: mystery_scale\n";
    }

    private static void assertSays(String said, Invocation invocation) {
        assertThat(invocation.err()).isEqualTo(said);
        assertThat(invocation.exitCode()).isZero();
        assertThat(invocation.out()).doesNotContain("warning", "mystery_scale", "ties the head");
    }

    @Test
    void generate() {
        assertSays(
                ofTied(),
                Invocation.of("generate", "--model", tied, "--prompt", "where is it ?", "--max-new-tokens", "2"));
        assertSays(
                "",
                Invocation.of("generate", "--model", inputs.model(), "--prompt", "where ?", "--max-new-tokens", "2"));
    }

    @Test
    void convert() throws IOException {
        Path config = Files.writeString(directory.resolve("bytes.json"), Inputs.CONFIG);
        String bytes = inputs.at("bytes");
        Invocation.succeed("init", "--config", config.toString(), "--tokenizer", "bytes", "--out", bytes);
        add(Path.of(bytes), "\"mystery_scale\": 2");
        assertSays(ofStrange(bytes), Invocation.of("convert", bytes, inputs.at("bytes.gguf")));
        assertSays("", Invocation.of("convert", inputs.at("bytes.gguf"), inputs.at("again")));
    }

    @Test
    void chat() {
        InputStream in = System.in;
        System.setIn(new ByteArrayInputStream("hello\nagain\n/quit\n".getBytes(StandardCharsets.UTF_8)));
        try {
            assertSays(ofStrange(strange), Invocation.of("chat", "--model", strange, "--max-new-tokens", "2"));
        } finally {
            System.setIn(in);
        }
    }

    @Test
    void scoreSaysItOfBothModelsAndOfOneThatIsBothOnce() {
        assertSays(ofTied() + ofStrange(strange), score(tied, strange));
        assertSays(ofStrange(strange), score(strange, strange + "/../strange"));
    }

    private static Invocation score(String model, String reference) {
        return Invocation.of(
                "score",
                "--model",
                model,
                "--reference",
                reference,
                "--data",
                inputs.pairs(),
                "--out",
                inputs.at("scores.jsonl"));
    }

    /// The opponent is opened to answer, and again for the divergence; the model once more, too.
    @Test
    void evaluateSaysItOnceOfEach() {
        assertSays(
                ofTied() + ofStrange(strange),
                Invocation.of(inputs.evaluate(
                        strange,
                        inputs.evaluation(),
                        "world",
                        "--against",
                        tied,
                        "--temperature",
                        "0,1",
                        "--max-new-tokens",
                        "2")));
    }

    @Test
    void rewardModelsAsWell() throws IOException {
        Invocation.succeed(inputs.reward("reward", "--steps", "1"));
        String reward = inputs.at("reward/model");
        add(Path.of(reward), "\"mystery_scale\": 2");
        Files.delete(Path.of(reward, "checksums"));
        assertSays(
                ofStrange(reward),
                Invocation.of(
                        "score", "--model", reward, "--data", inputs.pairs(), "--out", inputs.at("rewards.jsonl")));
        assertSays(
                ofStrange(reward),
                Invocation.of(inputs.evaluate(
                        inputs.model(),
                        inputs.evaluation(),
                        "reward",
                        "--reward-model",
                        reward,
                        "--temperature",
                        "0,1",
                        "--max-new-tokens",
                        "2")));
    }

    @Test
    void trainingSaysItOfItsReferenceToo() {
        String out = Invocation.succeed(
                "align",
                "--model",
                tied,
                "--data",
                inputs.pairs(),
                "--out",
                inputs.at("aligned"),
                "--steps",
                "1",
                "--set",
                "reference.model=" + strange,
                "--set",
                "data.heldOut=4");
        assertThat(out).containsOnlyOnce(ofTied()).containsOnlyOnce(ofStrange(strange));
    }
}
