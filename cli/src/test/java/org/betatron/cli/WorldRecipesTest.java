package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The recipes that `betatron world` writes beside its data.
class WorldRecipesTest {

    @TempDir
    private static Path root = Path.of("");

    private static Path world = Path.of("");

    @BeforeAll
    static void makeWorld() {
        world = root.resolve("it's a WORLD");
        Invocation.succeed("world", world.toString(), "--texts", "2000", "--pairs", "200", "--evaluation", "40");
    }

    private static String recipe(String name) {
        return world.resolve("recipes/" + name + ".yaml").toString();
    }

    @ParameterizedTest
    @CsvSource({
        "sft, sft",
        "dpo, align",
        "reward, reward",
        "grpo, grpo",
        "rloo, rloo",
        "reinforce, reinforce",
        "ppo, ppo",
        "online, online"
    })
    void everyRecipeIsOneOfItsCommandAndSaysHowToRunIt(String name, String command) throws IOException {
        String printed = Invocation.succeed(command, "--recipe", recipe(name), "--print-recipe");
        Path again = Files.writeString(root.resolve(name + ".yaml"), printed);
        assertThat(Invocation.succeed(command, "--recipe", again.toString(), "--print-recipe"))
                .isEqualTo(printed)
                .contains("- " + world.resolve(name.equals("sft") ? "sft.jsonl" : "pairs.jsonl") + "\n");
        assertThat(Files.readString(Path.of(recipe(name))))
                .contains("#   betatron " + command + " --recipe " + recipe(name) + " --out " + world.resolve(name));
    }

    @Test
    void everyRecipeIsTested() throws IOException {
        try (var files = Files.list(world.resolve("recipes"))) {
            assertThat(files).hasSize(8);
        }
    }

    /// With nothing but the recipes, the true reward of questions that were never asked rises.
    @Test
    void theTrueRewardRises() throws IOException {
        Invocation.succeed(
                "init",
                "--config",
                world.resolve("config-small.json").toString(),
                "--tokenizer",
                world.toString(),
                "--out",
                world.resolve("model").toString());
        Invocation.succeed(
                "sft", "--recipe", recipe("sft"), "--out", world.resolve("sft").toString(), "--steps", "120");
        for (String name : List.of("grpo", "online")) {
            Path run = world.resolve(name);
            Invocation.succeed(name, "--recipe", recipe(name), "--out", run.toString(), "--steps", "40");
            List<Double> scores = Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .filter(line -> line.has("eval/score"))
                    .map((JsonNode line) -> line.path("eval/score").asDouble())
                    .toList();
            assertThat(scores.getLast()).as(name).isGreaterThan(scores.getFirst() + 0.5);
        }
    }
}
