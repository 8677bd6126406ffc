package org.betatron.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A controlled world and a model of random weights that speaks its language.
///
/// @param root directory that everything lies in
record WorldInputs(Path root) {

    /// @param layers of the model, 32 numbers wide
    /// @param sizes  further arguments of `world`
    static WorldInputs in(Path root, int layers, String... sizes) throws IOException {
        WorldInputs inputs = new WorldInputs(root);
        Invocation.succeed(Invocation.arguments(List.of("world", inputs.world()), sizes));
        Path config = root.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(Path.of(inputs.world(), "config.json"))
                        .replaceFirst("\"hidden_size\" : \\d+", "\"hidden_size\" : 32")
                        .replaceFirst("\"intermediate_size\" : \\d+", "\"intermediate_size\" : 64")
                        .replaceFirst("\"num_hidden_layers\" : \\d+", "\"num_hidden_layers\" : " + layers));
        Invocation.succeed(
                "init", "--config", config.toString(), "--tokenizer", inputs.world(), "--out", inputs.model());
        return inputs;
    }

    String world() {
        return at("world");
    }

    String model() {
        return at("model");
    }

    String pairs() {
        return world() + "/pairs.jsonl";
    }

    String evaluation() {
        return world() + "/evaluation.jsonl";
    }

    /// @return a path in the root, as an argument
    String at(String name) {
        return root.resolve(name).toString();
    }

    /// Supervised fine-tuning of the model.
    String[] sft(String out, String... more) {
        return Invocation.arguments(
                List.of("sft", "--model", model(), "--data", world() + "/sft.jsonl", "--out", at(out)), more);
    }

    /// Training of a reward model on the pairs.
    String[] reward(String out, String... more) {
        return Invocation.arguments(
                List.of(
                        "reward",
                        "--model",
                        model(),
                        "--data",
                        pairs(),
                        "--eval",
                        evaluation(),
                        "--out",
                        at(out),
                        "--batch-size",
                        "16",
                        "--learning-rate",
                        "5e-3",
                        "--set",
                        "train.warmupSteps=5"),
                more);
    }

    /// Evaluation of a model on the questions of a file.
    String[] evaluate(String measured, String data, String judge, String... more) {
        return Invocation.arguments(List.of("evaluate", "--model", measured, "--data", data, "--judge", judge), more);
    }
}
