package org.betatron.runs.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.core.files.Directories;
import org.betatron.core.files.GrowingLines;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.Verdict;
import org.betatron.evaluation.record.EvaluationRecord;
import org.betatron.generation.Answer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an evaluation leaves: `answers.jsonl`, a line per answer, which grows beside it as they are
/// judged, and `report.json`.
///
/// @param directory where, or null to leave nothing
/// @param answers   growing file, null without directory
public record EvaluationFiles(
        @Nullable Path directory, @Nullable GrowingLines answers) implements AutoCloseable {

    private static final String REPORT = EvaluationRecord.FILE;
    private static final String ANSWERS = "answers.jsonl";

    static EvaluationFiles open(@Nullable Path directory) {
        if (directory == null) {
            return new EvaluationFiles(null, null);
        }
        try {
            return new EvaluationFiles(
                    directory, GrowingLines.open(made(directory).resolve(ANSWERS)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    /// @throws IllegalArgumentException if answers lie there that no evaluation has left, and would
    ///     be lost
    static void requireOwn(Path directory) throws IOException {
        Path answers = directory.resolve(ANSWERS);
        boolean isOwn = Files.exists(directory.resolve(REPORT))
                || Directories.list(directory).stream()
                        .anyMatch(file -> file.getFileName().toString().startsWith(WrittenAnswers.PREFIX));
        if (Files.exists(answers) && !isOwn) {
            throw new IllegalArgumentException(answers + " is not of an evaluation, which leaves " + REPORT
                    + " beside it, and would be replaced: move it away, or choose another directory");
        }
    }

    /// @return the directory, made if it was missing
    static Path made(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(directory + " must be a directory, or not exist", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    /// @return what is known of an answer without a judge
    static ObjectNode line(double temperature, String id, Answer answer, Comparison comparison) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("temperature", temperature)
                .put("id", id)
                .put("sample", answer.sample())
                .put("prompt", comparison.prompt())
                .put("answer", comparison.answer())
                .put("opponent", comparison.opponent());
    }

    /// @param line of the answer, to which the verdict is added
    void answer(ObjectNode line, Verdict verdict) {
        line.put("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT));
        if (Double.isFinite(verdict.score())) {
            line.put("score", verdict.score()).put("opponentScore", verdict.opponentScore());
        }
        write(line, verdict.replies());
    }

    /// @param line of the answer, to which it is added why there is no verdict
    void undecided(ObjectNode line, String why, List<String> replies) {
        write(line.put("outcome", "undecided").put("why", why), replies);
    }

    private void write(ObjectNode line, List<String> replies) {
        if (answers == null) {
            return;
        }
        if (!replies.isEmpty()) {
            line.set("replies", JsonMapper.shared().valueToTree(replies));
        }
        try {
            answers.append(List.of(line.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write answers.jsonl", e);
        }
    }

    /// Says that every answer has its line, and writes the report.
    void report(EvaluationResult result, EvaluationRequest request) {
        if (directory == null || answers == null) {
            return;
        }
        JsonMapper mapper = JsonMapper.shared();
        ObjectNode root = mapper.createObjectNode();
        root.put("model", request.model().toString())
                .put(
                        "against",
                        request.against() == null ? "chosen" : request.against().toString())
                .put(
                        "reference",
                        request.reference() == null ? "" : request.reference().toString())
                .put("judge", request.judge().identity())
                .put("partial", result.undecided() > 0);
        root.set("rows", mapper.valueToTree(result.read()));
        root.set("undecidedBecause", mapper.valueToTree(result.reasons()));
        root.set("account", mapper.valueToTree(result.account()));
        root.set("generation", mapper.valueToTree(request.generation()));
        root.set("reports", mapper.valueToTree(result.reports()));
        try {
            answers.finish();
            String report = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
            StagedFiles.write(directory.resolve(REPORT), partial -> Files.writeString(partial, report));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    @Override
    public void close() {
        if (answers != null) {
            try {
                answers.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write answers.jsonl", e);
            }
        }
    }
}
