package org.betatron.data.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.NewDirectory;
import org.betatron.data.DataException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes the controlled world as files that every command reads as ordinary data.
public final class WorldData {

    /// Every fifth question is asked in the evaluation only.
    private static final double HELD_OUT = 0.2;

    private WorldData() {}

    /// Writes `sft.jsonl`, `pairs.jsonl`, `evaluation.jsonl`, `tokenizer.json`, a configuration for
    /// each of [WorldModel], `world.json` with the settings, [Checksums], and `recipes`. Pairs
    /// carry
    /// `chosen_score` and `rejected_score`, the true rewards, `flipped`, and their `kind`; pairs to
    /// measure on are never flipped and never outliers.
    ///
    /// @param directory does not exist, or is empty
    /// @throws DataException            if a file cannot be written
    /// @throws IllegalArgumentException if there is something in the directory, or another command
    ///     fills it
    public static void write(WorldSpec spec, Path directory) {
        List<Question> training = new ArrayList<>();
        List<Question> evaluation = new ArrayList<>();
        for (int i = 0; i < Question.ALL.size(); i++) {
            // Not by the seed: models and evaluations of different seeds can be put together.
            boolean isHeldOut = RandomStreams.stream(0, "held-out question", i).nextDouble() < HELD_OUT;
            (isHeldOut ? evaluation : training).add(Question.ALL.get(i));
        }
        try (NewDirectory world = NewDirectory.at(directory)) {
            Files.write(directory.resolve("sft.jsonl"), texts(spec, training));
            Files.write(directory.resolve("pairs.jsonl"), pairs(spec, training, spec.pairs(), "pair"));
            WorldSpec clean = new WorldSpec(
                    spec.texts(),
                    spec.pairs(),
                    spec.evaluation(),
                    spec.lowGap(),
                    0,
                    0,
                    0,
                    spec.temperature(),
                    spec.seed());
            Files.write(
                    directory.resolve("evaluation.jsonl"), pairs(clean, evaluation, spec.evaluation(), "evaluation"));
            JsonMapper mapper = JsonMapper.shared();
            write(directory.resolve("tokenizer.json"), WorldTokenizer.json(), mapper);
            for (WorldModel model : WorldModel.values()) {
                write(directory.resolve(model.fileName()), model.config(mapper), mapper);
            }
            write(directory.resolve("world.json"), mapper.valueToTree(spec), mapper);
            Checksums.write(directory);
            // After the checksums: recipes are there to be changed.
            WorldRecipes.write(directory);
            world.keep();
        } catch (IOException e) {
            throw new DataException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static void write(Path file, ObjectNode content, JsonMapper mapper) throws IOException {
        Files.writeString(file, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n");
    }

    private static List<String> texts(WorldSpec spec, List<Question> questions) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < spec.texts(); i++) {
            RandomGenerator random = RandomStreams.stream(spec.seed(), "world text", i);
            Question question = questions.get(random.nextInt(questions.size()));
            lines.add(JsonMapper.shared()
                    .createObjectNode()
                    .put("id", "text-" + i)
                    .put("prompt", question.prompt())
                    .put("completion", AnswerTraits.draw(random).write(question, random))
                    .toString());
        }
        return lines;
    }

    private static List<String> pairs(WorldSpec spec, List<Question> questions, int count, String name) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RandomGenerator random = RandomStreams.stream(spec.seed(), "world " + name, i);
            WorldPair pair = WorldPair.draw(questions.get(random.nextInt(questions.size())), spec, random);
            lines.add(JsonMapper.shared()
                    .createObjectNode()
                    .put("id", name + "-" + i)
                    .put("prompt", pair.question().prompt())
                    .put("chosen", pair.chosen())
                    .put("rejected", pair.rejected())
                    .put("chosen_score", pair.chosenReward())
                    .put("rejected_score", pair.rejectedReward())
                    .put("flipped", pair.flipped())
                    .put("kind", pair.kind().name().toLowerCase(java.util.Locale.ROOT))
                    .toString());
        }
        return lines;
    }
}
