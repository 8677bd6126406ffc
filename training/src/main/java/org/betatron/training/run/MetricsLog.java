package org.betatron.training.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.core.files.StagedFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The file `metrics.jsonl`: one JSON object per line, `step` first, then the metrics of that step
/// by path.
///
/// ```text
/// {"step":100,"train/loss":0.62,"train/accuracy":0.64,...}
/// {"step":100,"eval/loss":0.66,...}
/// ```
///
/// Each line is written at once, so that a reader may follow the file. A number that is not finite
/// is the string `"NaN"`, `"Infinity"` or `"-Infinity"`, as JSON has no other way. One writer at a
/// time.
public final class MetricsLog {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;

    /// @param file the file; made with its first line
    public MetricsLog(Path file) {
        this.file = file;
    }

    public Path file() {
        return file;
    }

    /// Appends one line.
    ///
    /// @throws TrainingException if it cannot be written
    public void append(long step, Metrics metrics) {
        Map<String, Number> line = new LinkedHashMap<>();
        line.put("step", step);
        line.putAll(metrics.values());
        try {
            Files.writeString(
                    file, JSON.writeValueAsString(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new TrainingException(
                    "metrics of step " + step + " cannot be written to " + file + ": " + e.getMessage()
                            + "; free space or repair the directory, then resume the run",
                    e);
        }
    }

    /// Cuts the file back to what was written up to a step: lines of later steps go, and a last
    /// line that a crash left incomplete goes with them. Steps never decrease in the file.
    ///
    /// @return last step that is left; -1 if none is
    /// @throws TrainingException if the file cannot be changed
    public long cutBackTo(long step) {
        if (!Files.exists(file)) {
            return -1;
        }
        try {
            byte[] bytes = Files.readAllBytes(file);
            Lines lines = upTo(bytes, step);
            if (lines.end() < bytes.length) {
                StagedFiles.write(file, partial -> Files.write(partial, Arrays.copyOf(bytes, lines.end())));
            }
            return lines.lastStep();
        } catch (IOException e) {
            throw new TrainingException(
                    "metrics in " + file + " cannot be cut back to step " + step + ": " + e.getMessage()
                            + "; make the file writable, then resume the run",
                    e);
        }
    }

    /// @param end      number of their bytes
    /// @param lastStep of the last one; -1 without any
    private record Lines(int end, long lastStep) {}

    /// @return leading whole lines of steps up to one
    private static Lines upTo(byte[] bytes, long last) {
        int end = 0;
        long lastStep = -1;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                long step = stepOf(new String(bytes, end, i - end, StandardCharsets.UTF_8));
                if (step > last) {
                    break;
                }
                end = i + 1;
                lastStep = step;
            }
        }
        return new Lines(end, lastStep);
    }

    /// @return step of a line, a step beyond every other if the line cannot be understood
    private static long stepOf(String line) {
        try {
            return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE);
        } catch (JacksonException e) {
            return Long.MAX_VALUE;
        }
    }
}
