package org.betatron.runs.evaluation;

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
import org.betatron.core.files.Checksums;
import org.betatron.core.files.Directories;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.evaluation.RecordLines;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerEnd;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.Realignment;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.RecordSettings;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.training.run.Fingerprint;
import org.betatron.training.run.Settings;
import org.jspecify.annotations.Nullable;

/// Answers that a model has written before, a file per model, prompts and settings: a judging that
/// was broken off goes on without writing them again. Beside each lies what they were written with,
/// by name.
///
/// @param directory of an evaluation
record WrittenAnswers(Path directory) {

    /// What their names begin with.
    static final String PREFIX = "written-";
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
    ///
    /// @param checksum of the file with the answers; null in older ones
    private record WrittenWith(
            Map<String, String> settings, @Nullable String checksum) {

        WrittenWith {
            settings = Map.copyOf(settings); // JSON may lack it, or parts of it
        }
    }

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
                    new float[0],
                    text,
                    end);
        }
    }

    /// @return the answers; empty if they were not written whole
    /// @throws UncheckedIOException     if the directory cannot be read
    /// @throws IllegalArgumentException if they are damaged
    Optional<List<Answer>> find(
            Path model, @Nullable Realignment realignment, List<int[]> prompts, GenerationSpec spec) {
        Settings settings = settings(model, realignment, prompts, spec);
        return settingsFiles().stream()
                .filter(file ->
                        settings.differencesFrom(recorded(file).settings()).isEmpty())
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
    void keep(
            Path model,
            @Nullable Realignment realignment,
            List<int[]> prompts,
            GenerationSpec spec,
            List<Answer> answers) {
        Settings settings = settings(model, realignment, prompts, spec);
        String name = PREFIX + digest(settings.values().toString());
        Path file = directory.resolve(name + ANSWERS);
        RecordLines.write(file, answers.stream().map(Line::of).toList());
        // Last: what has settings is whole.
        WrittenWith writtenWith = new WrittenWith(settings.values(), checksum(file));
        RecordLines.write(directory.resolve(name + SETTINGS), List.of(writtenWith));
    }

    private static Settings settings(
            Path model, @Nullable Realignment realignment, List<int[]> prompts, GenerationSpec spec) {
        Settings settings = RecordSettings.of(spec, GenerationSpec.DEFAULT)
                .with(MODEL, fingerprint(model))
                .with(TOKENIZER, new ModelSource(model).tokenizerFingerprint())
                .with(PROMPTS, Fingerprint.of(asText(prompts)));
        return realignment == null
                ? settings
                : settings.with("lambda", String.valueOf(realignment.lambda()))
                        .with("the reference", fingerprint(realignment.reference()));
    }

    static String fingerprint(Path model) {
        return Fingerprint.of(new ModelDirectory(ModelPlace.of(model)).modelFiles());
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

    private static WrittenWith recorded(Path file) {
        try {
            return RecordLines.readSparse(file, WrittenWith.class).stream()
                    .findFirst()
                    .orElseThrow(() -> damaged(file));
        } catch (IllegalArgumentException _) {
            throw damaged(file);
        }
    }

    private static Path answersOf(Path settingsFile) {
        String name = settingsFile.getFileName().toString();
        Path answers = settingsFile.resolveSibling(name.substring(0, name.length() - SETTINGS.length()) + ANSWERS);
        String written = recorded(settingsFile).checksum();
        if (written != null && !written.equals(checksum(answers))) {
            throw damaged(answers);
        }
        return answers;
    }

    private static IllegalArgumentException damaged(Path file) {
        return new IllegalArgumentException(file
                + " has other bytes than were written: delete it and what begins with the same name, and the answers"
                + " are written again");
    }

    private static String checksum(Path file) {
        try {
            return Checksums.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
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
