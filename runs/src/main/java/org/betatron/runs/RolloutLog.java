package org.betatron.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.betatron.core.run.RunFiles;
import org.betatron.data.load.PromptRow;
import org.betatron.evaluation.record.RolloutSample;
import org.betatron.generation.Answer;
import org.betatron.training.online.Rollout;
import org.betatron.training.online.RolloutListener;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Keeps a few answers of every rollout for people to read: the best and the worst one to its first
/// prompt.
final class RolloutLog implements RolloutListener {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path file;
    private final List<PromptRow> prompts;

    /// @param run      its directory
    /// @param prompts  by their number
    /// @param lastStep step that the run goes on from; what later ones wrote is cut off
    RolloutLog(Path run, List<PromptRow> prompts, long lastStep) {
        file = run.resolve(RunFiles.ROLLOUTS);
        this.prompts = prompts;
        cutBackTo(lastStep);
    }

    private void cutBackTo(long lastStep) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            List<String> kept = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                if (stepOf(line) <= lastStep) {
                    kept.add(line);
                }
            }
            Files.write(file, kept);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot cut back " + file, e);
        }
    }

    /// A line that was not written to its end is of a step that was not done.
    private static long stepOf(String line) {
        try {
            return JSON.readValue(line, RolloutSample.class).step();
        } catch (JacksonException | IllegalArgumentException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public void written(long step, Rollout rollout) {
        int[] members = rollout.members()[0];
        double[] scores = rollout.scores().totals();
        int[] ranked = Arrays.stream(members)
                .boxed()
                .sorted((a, b) -> Double.compare(rank(scores[b]), rank(scores[a])))
                .mapToInt(Integer::intValue)
                .toArray();
        List<String> lines = new ArrayList<>();
        lines.add(line(step, rollout, ranked[0]));
        if (ranked.length > 1) {
            lines.add(line(step, rollout, ranked[ranked.length - 1]));
        }
        try {
            Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// What has no score comes last.
    private static double rank(double score) {
        return Double.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
    }

    private String line(long step, Rollout rollout, int index) {
        Answer answer = rollout.answers().get(index);
        PromptRow row = prompts.get(answer.prompt());
        double score = rollout.scores().totals()[index];
        return JSON.writeValueAsString(
                new RolloutSample(step, row.id(), row.prompt(), answer.text(), Double.isNaN(score) ? null : score));
    }
}
