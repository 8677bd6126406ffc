package org.betatron.evaluation.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.betatron.evaluation.record.RunDirectories.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.betatron.evaluation.record.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingsTest {

    @TempDir
    private Path root;

    private static List<String> findings(Path directory) {
        return Findings.of(RunRecord.read(directory)).stream()
                .map(finding -> finding.kind() + " " + finding.text())
                .toList();
    }

    @Test
    void fallingRewardsWithAGrowingMarginAreExpected() throws IOException {
        // Means of the first and last ten of forty: -0.055 and -0.355, -0.165 and -1.065.
        Path run = write(
                root.resolve("run"),
                40,
                step -> "\"train/reward/chosen\":%s,\"train/reward/rejected\":%s"
                        .formatted(-0.01 * step, -0.03 * step));
        assertThat(findings(run))
                .containsExactly("EXPECTED Both rewards fall (chosen by 0.300, rejected by 0.900) but the margin grows:"
                        + " expected, the objective only compares the two.");
    }

    @Test
    void shrinkingMarginIsAProblem() throws IOException {
        Path run = write(
                root.resolve("run"),
                40,
                step -> "\"train/reward/chosen\":%s,\"train/reward/rejected\":0".formatted(-0.01 * step));
        assertThat(findings(run).getFirst())
                .startsWith("PROBLEM The margin between chosen and rejected")
                .contains("-0.3");
    }

    @Test
    void flatLossAtLn2SaysThatNothingWasLearned() throws IOException {
        Path flat = write(root.resolve("flat"), 20, step -> "\"train/loss\":" + (0.6931 + 1e-4 * (step % 3)));
        assertThat(findings(flat).getFirst()).startsWith("PROBLEM The loss stays at ln 2 = 0.693");

        Path moving = write(root.resolve("moving"), 20, step -> "\"train/loss\":" + (0.6931 - 1e-3 * step));
        assertThat(findings(moving)).noneMatch(text -> text.contains("ln 2"));
    }

    @Test
    void earlyPerfectAccuracyIsTriviallySeparable() throws IOException {
        Path run = write(root.resolve("run"), 60, step -> "\"train/accuracy\":" + (step < 10 ? 0.6 : 1.0));
        // Five lines in a row are 1 from step 14 on.
        assertThat(findings(run))
                .anyMatch(text -> text.startsWith("PROBLEM Accuracy is 1.0 after 14 steps"))
                .anyMatch(text -> text.startsWith("NOTE No rows were held out"));

        Path late = write(root.resolve("late"), 60, step -> "\"train/accuracy\":" + (step < 40 ? 0.6 : 1.0));
        assertThat(findings(late))
                .anyMatch(text -> text.equals("NOTE Accuracy on training batches reached 1.0 at step 44."));
    }

    @Test
    void betaLeavesItsFloor() throws IOException {
        Path run = write(root.resolve("run"), 60, step -> "\"train/beta\":" + (step < 40 ? 0.001 : 0.05));
        assertThat(findings(run))
                .containsExactly("NOTE Beta was at its floor of 0.001000 in 39 of 60 logged steps;"
                        + " it left it for good at step 40.");

        Path never = write(root.resolve("never"), 60, step -> "\"train/beta\":0.001");
        assertThat(findings(never).getFirst()).startsWith("PROBLEM Beta never leaves its floor");
    }

    @Test
    void aDynamicBetaThatDoesNothingOrEverythingIsNamed() throws IOException {
        Path nothing = write(
                root.resolve("nothing"),
                60,
                step -> "\"train/beta\":" + (step % 2 == 0 ? 0.101 : 0.0995) + ",\"train/gap/keptMinusMean\":"
                        + (step % 2 == 0 ? 0.02 : -0.02));
        assertThat(findings(nothing))
                .contains(
                        "NOTE Dynamic beta did nothing: it stays within 1.0 % of beta_0. The gaps of a batch lie 0.0200"
                                + " from their usual mean: a sensitivity of about 10 would move beta by a fifth.");
        Path everything =
                write(root.resolve("everything"), 60, step -> "\"train/beta\":" + (step % 2 == 0 ? 0.001 : 1.0));
        assertThat(findings(everything).getFirst())
                .startsWith(
                        "PROBLEM Dynamic beta does everything: it is at its floor of 0.001000 in 30 and at its ceiling");
        Path elsewhere =
                write(root.resolve("elsewhere"), 60, step -> "\"train/beta\":" + (step % 2 == 0 ? 0.06 : 0.08));
        assertThat(findings(elsewhere)).anyMatch(text -> text.startsWith("NOTE Beta is 0.70 times beta_0 in the mean"));
        Path moving = write(root.resolve("moving"), 60, step -> "\"train/beta\":" + (step % 2 == 0 ? 0.08 : 0.12));
        assertThat(findings(moving))
                .contains("EXPECTED Beta stays within its bounds: 0.08000 to 0.1200 around 0.1000.");
    }

    @Test
    void heldOutLossThatRisesAgainIsLearningByHeart() throws IOException {
        Path run = write(
                root.resolve("run"),
                30,
                step -> "\"eval/loss\":" + (0.4 + 0.01 * Math.abs(step - 10)) + ",\"eval/accuracy\":0.7");
        assertThat(findings(run))
                .containsExactly(
                        "PROBLEM The loss on held-out rows was lowest at step 10 (0.4000) and has risen to 0.6000 since:"
                                + " the run learns its training rows by heart. A shorter run would do better.",
                        "EXPECTED Accuracy on held-out rows is 0.70 at the last evaluation.");
    }

    @Test
    void numbersThatAreNotFiniteAreNamed() throws IOException {
        Path run =
                write(root.resolve("run"), 5, step -> "\"train/gradientNorm\":" + (step == 4 ? "\"Infinity\"" : "1.0"));
        assertThat(findings(run).getFirst()).startsWith("PROBLEM train/gradientNorm is Infinity at step 4");
    }

    @Test
    void brokenAndMissingFilesAreFindings() throws IOException {
        Path run = write(root.resolve("run"), 3, _ -> "\"train/loss\":0.5");
        Files.delete(run.resolve("model"));
        Files.writeString(run.resolve("samples.jsonl"), "{\"when\":");
        assertThat(findings(run))
                .anyMatch(
                        text -> text.startsWith("PROBLEM " + run.resolve("samples.jsonl") + ":1: is not a whole line"))
                .anyMatch(text -> text.startsWith("NOTE There is no final model") && text.endsWith("logged is 3."));

        Files.delete(run.resolve("metrics.jsonl"));
        assertThat(findings(run)).contains("PROBLEM No step was logged: nothing can be said about learning.");
    }
}
