package org.betatron.runs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.betatron.core.files.Checksums;
import org.betatron.core.run.RunFiles;
import org.betatron.data.load.GapDistribution;
import org.betatron.data.load.RowInspection;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.TrainingException;

/// What a run did to its training rows, as it wrote it down.
///
/// @param run  directory of the run
/// @param rows those that were flipped or selected
public record TransformAccount(Path run, List<TransformedRowRecord> rows) {

    /// @throws org.betatron.data.DataException if the run left no such account
    /// @throws TrainingException if it has other bytes than the run wrote
    /// @throws org.betatron.training.run.RunDirectoryException if there is no run
    public static TransformAccount of(Path run) {
        RunDirectory directory = RunDirectory.existing(run);
        Checksums.damage(run, RunFiles.TRANSFORMED::equals).ifPresent(damage -> {
            throw new TrainingException(damage);
        });
        return new TransformAccount(run, TransformedRowRecord.readAll(directory.transformedRowsFile()));
    }

    /// @param files the rows of these are counted
    /// @return how many rows went through which transform, several lines
    public String summary(List<Path> files) {
        Set<Path> wanted = files.stream().map(TransformAccount::normal).collect(Collectors.toSet());
        List<TransformedRowRecord> these = rows.stream()
                .filter(row -> wanted.contains(normal(Path.of(row.place().file()))))
                .toList();
        Map<String, List<TransformedRowRecord>> byTransform = new TreeMap<>();
        for (TransformedRowRecord row : these) {
            row.transforms()
                    .forEach(name -> byTransform
                            .computeIfAbsent(name, _ -> new ArrayList<>())
                            .add(row));
        }
        StringBuilder text =
                new StringBuilder("run " + run + ": " + these.size() + " of these rows flipped or selected");
        byTransform.forEach((name, touched) -> text.append("\n  ")
                .append(name)
                .append(": ")
                .append(touched.size())
                .append(gaps(touched)));
        return text.toString();
    }

    private static String gaps(List<TransformedRowRecord> rows) {
        double[] gaps = rows.stream()
                .map(TransformedRowRecord::gap)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
        return gaps.length == 0 ? "" : "; gap: " + GapDistribution.of(gaps).summary();
    }

    /// @return what was done to one row, on one line
    public String of(RowInspection row) {
        // Rows that share an id got a suffix when the run read them all.
        return rows.stream()
                .filter(entry -> entry.place().line() == row.place().line()
                        && normal(Path.of(entry.place().file()))
                                .equals(normal(Path.of(row.place().file())))
                        && (entry.id().equals(row.id()) || entry.id().startsWith(row.id() + "#")))
                .findFirst()
                .map(entry -> "run " + run + ": " + String.join(", ", entry.transforms())
                        + (entry.gap() == null ? "" : ", gap " + entry.gap()))
                .orElse("run " + run + ": neither flipped nor selected");
    }

    private static Path normal(Path file) {
        return file.toAbsolutePath().normalize();
    }
}
