package org.betatron.evaluation.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Run directories as a run leaves them.
public final class RunDirectories {

    private RunDirectories() {}

    /// @param steps  logged lines, from step 1 on
    /// @param fields of a step, without braces
    public static Path write(Path directory, int steps, IntFunction<String> fields) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("recipe.yaml"), """
                model: runs/sft
                data: {files: [pairs.jsonl]}
                alignment:
                  objective: {type: dpo, beta: 0.1}
                  calibration: {type: batch, sensitivity: 0.6, minRatio: 0.01, maxRatio: 10.0}
                """);
        List<String> lines = new ArrayList<>(IntStream.rangeClosed(1, steps)
                .mapToObj(step -> "{\"step\":" + step + "," + fields.apply(step) + "}")
                .toList());
        Files.write(directory.resolve("metrics.jsonl"), lines);
        Files.createDirectories(directory.resolve("model"));
        return directory;
    }

    /// A run that learned from eight answers to each prompt.
    ///
    /// @param rewards of the recipe, as a list in YAML
    /// @param steps   logged lines, from step 1 on
    /// @param fields  of a step, without braces
    public static Path writeOfOwnAnswers(Path directory, String rewards, int steps, IntFunction<String> fields)
            throws IOException {
        write(directory, steps, fields);
        Files.writeString(directory.resolve("recipe.yaml"), """
                model: runs/sft
                data: {files: [prompts.jsonl]}
                rewards: %s
                policy: {type: grpo, clip: 0.2}
                rollout: {samples: 8, maxNewTokens: 48}
                compute: {precision: fp32}
                """.formatted(rewards));
        return directory;
    }
}
