package org.betatron.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.betatron.core.files.Directories;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.evaluation.RecordLines;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerEnd;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.recipe.RecordSettings;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.training.run.Fingerprint;
import org.betatron.training.run.Settings;

/// Answers that a model has written before, a file per model, prompts and settings: a judging that was
/// broken off goes on without writing them again. Beside each lies what they were written with, by name.
///
/// @param directory of an evaluation
record WrittenAnswers(Path directory) {

    private static final String PREFIX = "written-";
    private static final String ANSWERS = ".jsonl";
    private static final String SETTINGS = ".settings.json";

    private static final String MODEL = "the model";
    private static final String TOKENIZER = "the tokenizer";
    private static final String PROMPTS = "the prompts";

    /// What the first version knew; anything else had its default.
    private static final Set<String> FIRST_SETTINGS = Set.of(
            MODEL,
            TOKENIZER,
            PROMPTS,
            "sampling.temperature",
            "sampling.topK",
            "sampling.topP",
            "sampling.minP",
            "sampling.repetitionPenalty",
            "samples",
            "maxNewTokens",
            "stop",
            "batchSize",
            "seed");

    /// What answers were written with.
    private record WrittenWith(Map<String, String> settings) {}

    /// An answer as a line of a file.
    ///
    /// @param tokenIds every token that was drawn
    private record Line(int prompt, int sample, List<Integer> tokenIds, String text, AnswerEnd end) {

        static Line of(Answer answer) {
            return new Line(
                    answer.prompt(),
                    answer.sample(),
                    Arrays.stream(answer.tokenIds()).boxed().toList(),
                    answer.text(),
                    answer.end());
        }

        Answer answer() {
            return new Answer(
                    prompt,
                    sample,
                    tokenIds.stream().mapToInt(Integer::intValue).toArray(),
                    text,
                    end);
        }
    }

    /// @return the answers; empty if they were not written whole
    /// @throws UncheckedIOException if the directory cannot be read
    Optional<List<Answer>> find(Path model, List<int[]> prompts, GenerationSpec spec) {
        Settings settings = settings(model, prompts, spec);
        return settingsFiles().stream()
                .filter(file -> settings.differencesFrom(recorded(file)).isEmpty())
                .map(WrittenAnswers::answersOf)
                .findFirst()
                .or(() -> firstVersion(settings, prompts, spec))
                .map(file -> RecordLines.read(file, Line.class))
                .filter(lines -> !lines.isEmpty())
                .map(lines -> lines.stream().map(Line::answer).toList());
    }

    /// Keeps answers.
    ///
    /// @throws UncheckedIOException if they cannot be written
    void keep(Path model, List<int[]> prompts, GenerationSpec spec, List<Answer> answers) {
        Settings settings = settings(model, prompts, spec);
        String name = PREFIX + digest(settings.values().toString());
        RecordLines.write(
                directory.resolve(name + ANSWERS),
                answers.stream().map(Line::of).toList());
        // Last: what has settings is whole.
        RecordLines.write(directory.resolve(name + SETTINGS), List.of(new WrittenWith(settings.values())));
    }

    private static Settings settings(Path model, List<int[]> prompts, GenerationSpec spec) {
        return RecordSettings.of(spec, GenerationSpec.DEFAULT)
                .with(MODEL, Fingerprint.of(new ModelDirectory(model).modelFiles()))
                .with(TOKENIZER, new ModelSource(model).tokenizerFingerprint())
                .with(PROMPTS, Fingerprint.of(asText(prompts)));
    }

    private List<Path> settingsFiles() {
        try {
            return Directories.list(directory).stream()
                    .filter(file -> file.getFileName().toString().startsWith(PREFIX)
                            && file.getFileName().toString().endsWith(SETTINGS))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory, e);
        }
    }

    private static Map<String, String> recorded(Path file) {
        return RecordLines.read(file, WrittenWith.class).getFirst().settings();
    }

    private static Path answersOf(Path settingsFile) {
        String name = settingsFile.getFileName().toString();
        return settingsFile.resolveSibling(name.substring(0, name.length() - SETTINGS.length()) + ANSWERS);
    }

    /// The first version wrote no settings, and named the file after them in words.
    private Optional<Path> firstVersion(Settings settings, List<int[]> prompts, GenerationSpec spec) {
        SamplingSpec sampling = spec.sampling();
        String words = ("GenerationSpec[sampling=SamplingSpec[temperature=%s, topK=%s, topP=%s, minP=%s,"
                        + " repetitionPenalty=%s], samples=%s, maxNewTokens=%s, stop=%s, batchSize=%s, seed=%s]")
                .formatted(
                        sampling.temperature(),
                        sampling.topK(),
                        sampling.topP(),
                        sampling.minP(),
                        sampling.repetitionPenalty(),
                        spec.samples(),
                        spec.maxNewTokens(),
                        spec.stop(),
                        spec.batchSize(),
                        spec.seed());
        String key = settings.values().get(MODEL) + settings.values().get(TOKENIZER) + words + asText(prompts);
        Path file = directory.resolve(PREFIX + digest(key) + ANSWERS);
        Map<String, String> said = settings.only(FIRST_SETTINGS::contains).values();
        return settings.differencesFrom(said).isEmpty() && Files.isRegularFile(file)
                ? Optional.of(file)
                : Optional.empty();
    }

    private static String asText(List<int[]> prompts) {
        return prompts.stream().map(Arrays::toString).collect(Collectors.joining());
    }

    private static String digest(String text) {
        return Fingerprint.of(text).substring(0, 16);
    }
}
