package org.betatron.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// A model of 34,048 random weights, pairs and texts: what commands need to run for a second.
///
/// @param root directory that everything lies in
record Inputs(Path root) {

    static final String CONFIG = """
            {"model_type": "gpt_neox", "vocab_size": 264, "hidden_size": 32, "num_hidden_layers": 2,
             "num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 128,
             "rotary_pct": 0.25, "use_parallel_residual": true}
            """;

    /// The same with half as much to compute: where it does not matter how layers follow each other.
    static final String ONE_LAYER = CONFIG.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");

    private static final String[] THINGS = {"kettle", "coat", "book", "lamp", "chair", "cup", "bag"};

    /// Makes a model directory, 20 pairs and 20 texts.
    static Inputs in(Path root) throws IOException {
        return in(root, CONFIG);
    }

    /// Makes the same with a model of another configuration.
    static Inputs in(Path root, String config) throws IOException {
        Inputs inputs = new Inputs(root);
        Files.writeString(inputs.config(), config);
        Files.write(inputs.pairs(), pairLines(20));
        Files.write(inputs.texts(), textLines(20));
        Invocation.succeed(
                "init", "--config", inputs.config().toString(), "--tokenizer", "bytes", "--out", inputs.model());
        return inputs;
    }

    Path config() {
        return root.resolve("config.json");
    }

    String model() {
        return root.resolve("model").toString();
    }

    Path pairs() {
        return root.resolve("pairs.jsonl");
    }

    Path texts() {
        return root.resolve("texts.jsonl");
    }

    /// @return a path in the root, as an argument
    String at(String name) {
        return root.resolve(name).toString();
    }

    /// A run of a few steps of 8 pairs.
    ///
    /// @param more further arguments
    String[] align(String out, String... more) {
        return Invocation.arguments(
                List.of(
                        "align",
                        "--model",
                        model(),
                        "--data",
                        pairs().toString(),
                        "--out",
                        at(out),
                        "--batch-size",
                        "8",
                        "--learning-rate",
                        "1e-3",
                        "--set",
                        "train.microBatchSize=4",
                        "--set",
                        "train.warmupSteps=0",
                        "--set",
                        "compute.threads=1",
                        "--set",
                        "data.heldOut=4"),
                more);
    }

    /// Supervised fine-tuning on the texts.
    ///
    /// @param more further arguments
    String[] sft(String out, String... more) {
        return Invocation.arguments(
                List.of(
                        "sft",
                        "--model",
                        model(),
                        "--data",
                        texts().toString(),
                        "--out",
                        at(out),
                        "--set",
                        "compute.threads=1"),
                more);
    }

    /// Scores under a model of a run and the one that it started from.
    ///
    /// @param more further arguments
    String[] score(String run, Path data, String... more) {
        return Invocation.arguments(
                List.of("score", "--model", at(run + "/model"), "--reference", model(), "--data", data.toString()),
                more);
    }

    static List<String> pairLines(int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String thing = THINGS[i % THINGS.length];
            lines.add(JsonMapper.shared()
                    .createObjectNode()
                    .put("id", "pair-" + i)
                    .put("prompt", "\n\nHuman: Where is " + thing + " " + i + "?\n\nAssistant:")
                    .put("chosen", " The " + thing + " is on the table.")
                    .put("rejected", i % 3 == 0 ? " No." : " Find the " + thing + " yourself.")
                    .toString());
        }
        return lines;
    }

    private static List<String> textLines(int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(JsonMapper.shared()
                    .createObjectNode()
                    .put("prompt", "\n\nHuman: Where is it?\n\nAssistant:")
                    .put("completion", " The " + THINGS[i % THINGS.length] + " is here.")
                    .toString());
        }
        return lines;
    }
}
