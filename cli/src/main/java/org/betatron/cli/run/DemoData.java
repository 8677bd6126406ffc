package org.betatron.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.betatron.data.ByteTokenizer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The small data of the demo: questions about things, answered politely or rudely.
///
/// Both kinds of answers are equally common in the texts, so that supervised fine-tuning learns to give
/// either; the pairs prefer the
/// polite one, except for a few that are mislabelled.
public final class DemoData {

    /// Prompts to try a model on.
    public static final List<String> PROMPTS = List.of(
            "\n\nHuman: Where is the red kettle?\n\nAssistant:", "\n\nHuman: Can you find my blue coat?\n\nAssistant:");

    private static final String[] COLORS = {"red", "blue", "green", "black", "white", "yellow"};
    private static final String[] THINGS = {"kettle", "coat", "book", "lamp", "chair", "cup", "bag", "ball"};
    private static final String[] PLACES = {"in the kitchen", "under the bed", "on the table", "by the door"};
    private static final String[] QUESTIONS = {"Where is the %s?", "Can you find my %s?", "Have you seen the %s?"};
    private static final int NUM_TEXTS = 3000;
    private static final int NUM_PAIRS = 1500;
    private static final double MISLABELLED = 0.05;

    private DemoData() {}

    /// Writes `config.json` of a tiny model, `texts.jsonl` and `pairs.jsonl`.
    ///
    /// @param directory made if it does not exist
    public static void write(Path directory) {
        SplittableRandom random = new SplittableRandom(1);
        List<String> textLines = new ArrayList<>();
        for (int i = 0; i < NUM_TEXTS; i++) {
            String thing = thing(random);
            textLines.add(object().put("prompt", prompt(random, thing))
                    .put("completion", random.nextBoolean() ? polite(random, thing) : rude(random, thing))
                    .toString());
        }
        List<String> pairLines = new ArrayList<>();
        for (int i = 0; i < NUM_PAIRS; i++) {
            String thing = thing(random);
            boolean mislabelled = random.nextDouble() < MISLABELLED;
            String polite = polite(random, thing);
            String rude = rude(random, thing);
            pairLines.add(object().put("id", "pair-" + i)
                    .put("prompt", prompt(random, thing))
                    .put("chosen", mislabelled ? rude : polite)
                    .put("rejected", mislabelled ? polite : rude)
                    .toString());
        }
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("config.json"), config().toPrettyString());
            Files.write(directory.resolve("texts.jsonl"), textLines);
            Files.write(directory.resolve("pairs.jsonl"), pairLines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the demo's data", e);
        }
    }

    private static ObjectNode config() {
        return object().put("model_type", "gpt_neox")
                .put("vocab_size", ByteTokenizer.VOCABULARY_SIZE + 7)
                .put("hidden_size", 96)
                .put("num_hidden_layers", 3)
                .put("num_attention_heads", 4)
                .put("intermediate_size", 384)
                .put("max_position_embeddings", 512)
                .put("rotary_pct", 0.25)
                .put("use_parallel_residual", true);
    }

    private static String prompt(SplittableRandom random, String thing) {
        return "\n\nHuman: " + pick(random, QUESTIONS).formatted(thing) + "\n\nAssistant:";
    }

    private static String polite(SplittableRandom random, String thing) {
        return " Of course! The " + thing + " is " + pick(random, PLACES) + ". Happy to help.";
    }

    private static String rude(SplittableRandom random, String thing) {
        return " Find the " + thing + " yourself. It is " + pick(random, PLACES) + ", as always.";
    }

    private static String thing(SplittableRandom random) {
        return pick(random, COLORS) + " " + pick(random, THINGS);
    }

    private static String pick(SplittableRandom random, String[] words) {
        return words[random.nextInt(words.length)];
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }
}
