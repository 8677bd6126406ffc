package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.files.Directories;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// Adapters from a command line to files and back.
class AdapterRunTest {

    @TempDir
    private static Path directory;

    private static Inputs inputs = new Inputs(Path.of(""));
    private static Path run = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        inputs = Inputs.in(directory);
        run = directory.resolve("run");
        align(run, List.of("adapter=lora", "train.checkpointEvery=2"));
    }

    private static String align(Path out, List<String> settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "align",
                "--model",
                inputs.model(),
                "--data",
                inputs.pairs().toString(),
                "--out",
                out.toString(),
                "--steps",
                "4"));
        arguments.addAll(List.of("--batch-size", "4", "--learning-rate", "0.01"));
        List<String> all = new ArrayList<>(List.of("train.warmupSteps=0", "data.heldOut=4"));
        all.addAll(settings);
        all.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        Invocation invocation = Invocation.of(arguments.toArray(String[]::new));
        return invocation.exitCode() + invocation.err() + invocation.out();
    }

    /// The base is neither in checkpoints nor in the end.
    @Test
    void onlyTheAdapterIsWritten() throws IOException {
        for (Path model : List.of(run.resolve("model"), run.resolve("checkpoints/step-00000004/model"))) {
            assertThat(model.resolve("adapter_model.safetensors")).exists();
            assertThat(model.resolve("adapter_config.json")).exists();
            assertThat(model.resolve("tokenizer.json")).exists();
            assertThat(model.resolve("model.safetensors")).doesNotExist();
        }
        assertThat(Files.size(run.resolve("checkpoints/step-00000004/optimizer.bin")))
                .isLessThan(3 * Files.size(run.resolve("model/adapter_model.safetensors")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{type: lora}",
                "{type: lora, dora: true, rank: 2}",
                "{type: lora, targets: [query_key_value], rslora: true}",
                "{type: lora, dropout: 0.2}",
                "int8",
                "nf4",
                "file",
                "moving",
                "live",
                "continued",
                "dropped on"
            })
    void goesOnBitByBit(String adapter) throws IOException {
        List<String> settings = new ArrayList<>();
        switch (adapter) {
            case "moving" ->
                settings.addAll(List.of("adapter=lora", "reference.update={type: blend, every: 1, share: 0.5}"));
            case "int8", "nf4" -> settings.addAll(List.of("adapter=lora", "compute.base=" + adapter));
            case "file" -> {
                Path gguf = directory.resolve("base.gguf");
                Invocation.succeed("convert", inputs.model(), gguf.toString(), "--type", "q8_0");
                settings.addAll(List.of("adapter=lora", "compute.base=file", "model=" + gguf));
            }
            case "live" -> settings.addAll(List.of("adapter=lora", "alignment.objective=tdpo2"));
            case "dropped on" -> settings.addAll(List.of("adapter.dropout=0.2", "model=" + run.resolve("model")));
            case "continued" -> settings.addAll(List.of("alignment.objective=tdpo2", "model=" + run.resolve("model")));
            default -> settings.add("adapter=" + adapter);
        }
        String name = Integer.toString(adapter.hashCode());
        Path whole = directory.resolve(name);
        assertThat(align(whole, settings)).startsWith("0");
        Path stopped = directory.resolve(name + "-stopped");
        settings.add("train.checkpointEvery=2");
        assertThat(align(stopped, settings)).startsWith("0");
        // As if it had been killed after its second step.
        Directories.delete(stopped.resolve("model"));
        Directories.delete(stopped.resolve("checkpoints/step-00000004"));
        Invocation resumed = Invocation.of("align", "--resume", stopped.toString());
        assertThat(resumed.err()).isEmpty();
        assertThat(Files.readAllBytes(stopped.resolve("model/adapter_model.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.resolve("model/adapter_model.safetensors")));
    }

    /// Micro-batches, lanes, shared prompts, a batch that is scored before it is differentiated: the same numbers are
    /// dropped, and the updates are the same but for rounding. Another seed drops others.
    @Test
    void dropsTheSameWhateverWayItIsComputed() throws IOException {
        List<String> settings = List.of("adapter={type: lora, dropout: 0.3}", "train.warmupSteps=2");
        float[] expected = adapter("dropped", settings);
        for (String way : List.of(
                "train.graphMemory=0 compute.lanes=1",
                "train.microBatchSize=1 compute.recompute=full",
                "train.microBatchTokens=30 train.sharePrompts=false compute.lanes=2")) {
            assertThat(distance(adapter(way, with(settings, way.split(" "))), expected))
                    .as(way)
                    .isLessThan(1e-3);
        }
        assertThat(distance(adapter("undropped", with(settings, "adapter.dropout=0")), expected))
                .isGreaterThan(0.05);
        assertThat(Files.readString(directory.resolve("dropped/model/adapter_config.json")))
                .containsPattern("\"lora_dropout\" *: *0.3");
    }

    private static List<String> with(List<String> settings, String... more) {
        List<String> all = new ArrayList<>(settings);
        all.addAll(List.of(more));
        return all;
    }

    private static float[] adapter(String name, List<String> settings) throws IOException {
        Path out = directory.resolve(name.replaceAll("\\W+", "-"));
        assertThat(align(out, settings)).startsWith("0");
        Path file = out.resolve("model/adapter_model.safetensors");
        List<Float> numbers = new ArrayList<>();
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            for (String tensor : tensors.entries().keySet()) {
                for (float number : Memory.compute(() -> Tensors.toFloats(tensors.read(tensor, DataType.FP32)))) {
                    numbers.add(number);
                }
            }
        }
        float[] all = new float[numbers.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = numbers.get(i);
        }
        return all;
    }

    /// @return length of what two adapters differ by, over that of one of them
    private static double distance(float[] one, float[] other) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < other.length; i++) {
            difference += Math.pow((double) one[i] - other[i], 2);
            length += Math.pow(other[i], 2);
        }
        return Math.sqrt(difference / length);
    }

    /// The recipe says what is dropped of an adapter that is trained on, and measuring drops nothing.
    @Test
    void trainedOnWithAnotherDropout() throws IOException {
        List<String> settings = List.of("train.evaluateEvery=4");
        Path first = directory.resolve("with-dropout");
        align(first, with(settings, "adapter={type: lora, dropout: 0.5}"));
        String model = "model=" + first.resolve("model");
        String[] measured = new String[2];
        String[] learned = new String[2];
        for (int i = 0; i < 2; i++) {
            Path out = directory.resolve("trained-on-" + i);
            String said = align(out, with(settings, model, "adapter.dropout=" + (i == 0 ? "0" : "0.5")));
            String other = "the adapter was trained with lora_dropout 0.5 and is trained on with 0.0";
            assertThat(said.contains(other)).as(said).isEqualTo(i == 0);
            List<String> lines = Files.readAllLines(out.resolve("metrics.jsonl"));
            measured[i] = lines.getFirst();
            learned[i] = lines.get(1);
            assertThat(new AdapterFiles(out.resolve("model")).readConfig().dropout())
                    .isEqualTo(i == 0 ? 0 : 0.5);
        }
        assertThat(measured[0]).contains("eval/").isEqualTo(measured[1]);
        assertThat(loss(learned[0])).isNotEqualTo(loss(learned[1]));
    }

    private static double loss(String line) {
        return JsonMapper.shared().readTree(line).path("train/loss").asDouble();
    }

    /// An adapter's directory is a model: it answers as what it is merged into does.
    @Test
    void isAModelAndCanBeMerged() throws IOException {
        Path merged = directory.resolve("merged");
        assertThat(Invocation.of("merge", run.resolve("model").toString(), merged.toString())
                        .exitCode())
                .isZero();
        assertThat(merged.resolve("adapter_config.json")).doesNotExist();
        String[] answers = new String[2];
        int number = 0;
        for (Path model : List.of(run.resolve("model"), merged)) {
            answers[number++] = Invocation.of(
                            "generate", "--model", model.toString(), "--prompt", "How", "--max-new-tokens", "12")
                    .out();
        }
        assertThat(answers[0]).isNotBlank().isEqualTo(answers[1]);
        assertThat(Invocation.of("generate", "--model", inputs.model(), "--prompt", "How", "--max-new-tokens", "12")
                        .out())
                .isNotEqualTo(answers[0]);
    }

    @Test
    void rewardModels() {
        Path out = directory.resolve("reward");
        Invocation trained = Invocation.of(
                "reward",
                "--model",
                inputs.model(),
                "--data",
                inputs.pairs().toString(),
                "--out",
                out.toString(),
                "--steps",
                "3",
                "--adapter",
                "lora",
                "--batch-size",
                "4",
                "--set",
                "data.heldOut=4");
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        assertThat(out.resolve("model/model.safetensors")).doesNotExist();
        Path merged = directory.resolve("merged-reward");
        assertThat(Invocation.of("merge", out.resolve("model").toString(), merged.toString())
                        .exitCode())
                .isZero();
        String[] scores = new String[2];
        int number = 0;
        for (Path model : List.of(out.resolve("model"), merged)) {
            Path file = directory.resolve("scores" + number);
            Invocation scored = Invocation.of(
                    "score",
                    "--model",
                    model.toString(),
                    "--data",
                    inputs.pairs().toString(),
                    "--out",
                    file.toString());
            assertThat(scored.exitCode()).as(scored.err()).isZero();
            scores[number++] = scored.out().replaceAll("scores\\d", "scores").replaceAll("\\d\\.\\d s", "");
        }
        assertThat(scores[0].lines().filter(line -> line.contains("accuracy")).toList())
                .isEqualTo(scores[1]
                        .lines()
                        .filter(line -> line.contains("accuracy"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adapter={type: lora, targets: [q_proj]} | no map of the model is called 'q_proj'; it has"
                        + " query_key_value, dense",
                "adapter={type: lora, targets: [embed_in]} | 'embed_in' is an embedding",
                "adapter={type: lora, rank: 0} | adapter: rank must be ≥ 1",
                "adapter={type: lora, dropout: 1} | adapter: dropout must be in [0, 1) but was 1",
                "adapter={type: lora, dropout: 0.1, dora: true} | adapter: dropout must be 0 with dora but was 0.1",
                "adapter={type: lora, dropout: 0.1, targets: [embed_out]} | leave embed_out out of the targets",
                "adapter.dropout=0.1 | adapter.dropout: has no effect without an adapter",
                "adapter=ia3 | adapter.type: must be one of",
                "reference.model=MODEL adapter=lora | reference.model: must not be given beside an adapter",
                "compute.base=int8 | compute.base: must be weights without an adapter",
                "compute.base=file adapter=lora | compute.base=file keeps the blocks of a GGUF file",
                "train.frozen=['*'] adapter=lora | train.frozen: has no effect",
                "model=ADAPTER train.frozen=['*dense*'] | train.frozen: beside an adapter no weight",
                "model=ADAPTER adapter=lora | is an adapter already",
                "adapter={type: lora, dora: true} reference.update=blend | reference.update: must be none with"
            })
    void whatCannotBeIsRefused(String given) {
        String[] parts = given.split(" \\| ");
        List<String> settings = new ArrayList<>();
        for (String setting : parts[0].split(" (?=[a-z.]+=)")) {
            settings.add(setting.replace("MODEL", inputs.model())
                    .replace("ADAPTER", run.resolve("model").toString()));
        }
        Path out = directory.resolve("refused");
        assertThat(align(out, settings)).startsWith("2").contains(parts[1]);
        assertThat(out).doesNotExist();
    }
}
