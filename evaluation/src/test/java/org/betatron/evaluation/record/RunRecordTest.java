package org.betatron.evaluation.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.betatron.core.run.RunFiles;
import org.betatron.evaluation.finding.Finding;
import org.betatron.evaluation.finding.Findings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What became of the data of a run, whose account has parts that may be null or, in old runs, are
/// not there.
class RunRecordTest {

    private static final String LENGTHS =
            "{\"count\":1,\"min\":1,\"mean\":1.0,\"median\":1,\"p90\":1,\"p99\":1,\"max\":1,\"histogram\":[]}";

    private static final String ACCOUNT = "{\"sources\":[],\"numRead\":9,\"dropped\":{},\"numKept\":9,\"scores\":"
            + "{\"numScored\":0,\"firstWithout\":null,\"gaps\":{\"count\":0,\"numNegative\":0,\"numZero\":0,\"min\":0.0,"
            + "\"p10\":0.0,\"median\":0.0,\"mean\":0.0,\"p90\":0.0,\"max\":0.0}},\"numDesirable\":9,\"numUndesirable\":0,"
            + "\"numRenamed\":0,\"numPromptsCut\":0,\"numResponsesCut\":0,\"numTokensCut\":0,\"promptLengths\":"
            + LENGTHS
            + ",\"responseLengths\":" + LENGTHS + ",\"rowLengths\":" + LENGTHS;

    @TempDir
    Path directory;

    @Test
    void accountsOfOldRunsAndOfRowsWithoutScoresAreRead() throws IOException {
        Files.writeString(directory.resolve(RunFiles.RECIPE), "model: m\n");
        for (String rest : new String[] {
            "}", ",\"oddities\":{\"REPEATS_PROMPT\":2},\"unusedFields\":{\"source\":9},\"unreadable\":{}}"
        }) {
            Files.writeString(directory.resolve(RunFiles.DATA), ACCOUNT + rest);
            RunRecord run = RunRecord.read(directory);
            assertThat(run.unreadable()).isEmpty();
            assertThat(run.data()).isNotNull();
            assertThat(Findings.of(run))
                    .extracting(Finding::text)
                    .contains(
                            "9 answers are desirable and 0 undesirable: nothing says what tells them apart, so accuracy"
                                    + " says little.");
            assertThat(Findings.of(run))
                    .extracting(Finding::text)
                    .filteredOn(text -> text.equals("2 of 9 rows: answers that repeat their prompt."))
                    .hasSize(rest.length() > 1 ? 1 : 0);
        }
    }

    /// As a crash may leave them, before there were checksums of them.
    @Test
    void whatIsBrokenIsNamed() throws IOException {
        Path recipe = Files.writeString(directory.resolve(RunFiles.RECIPE), "model: [m\n");
        Path data = Files.writeString(directory.resolve(RunFiles.DATA), ACCOUNT);
        assertThat(RunRecord.read(directory).unreadable())
                .satisfiesExactly(
                        problem -> assertThat(problem).startsWith(recipe + ": "),
                        problem -> assertThat(problem).startsWith(data + ": it ends in the middle of a value"));
    }
}
