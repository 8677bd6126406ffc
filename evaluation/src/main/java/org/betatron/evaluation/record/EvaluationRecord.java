package org.betatron.evaluation.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.betatron.evaluation.comparison.ComparisonReport;
import tools.jackson.databind.json.JsonMapper;

/// What an evaluation left in its `report.json`, as far as others read it.
///
/// @param against   directory of the opponent, or `chosen`
/// @param reference directory of the model that KL is taken against; empty for none
/// @param judge     with every setting that verdicts depend on
/// @param reports   one per temperature
public record EvaluationRecord(String against, String reference, String judge, List<ComparisonReport> reports) {

    /// The file.
    public static final String FILE = "report.json";

    /// Directory within that of a run, where its report looks for an evaluation of its model.
    public static final String OF_RUN = "evaluation";

    public EvaluationRecord {
        reports = List.copyOf(reports);
    }

    /// @param directory of an evaluation
    /// @throws UncheckedIOException             if it cannot be read
    /// @throws tools.jackson.core.JacksonException if it is no such file
    public static EvaluationRecord read(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            // It says more than is read here.
            return JsonMapper.shared().readValue(Files.readString(file), EvaluationRecord.class);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /// @return what was measured at a temperature
    public Optional<ComparisonReport> at(double temperature) {
        return reports.stream()
                .filter(report -> report.temperature() == temperature)
                .findFirst();
    }
}
