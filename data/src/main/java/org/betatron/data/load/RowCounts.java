package org.betatron.data.load;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.betatron.data.DataException;
import org.betatron.data.row.DropReason;

/// Counts what becomes of the rows of files while they are read. Not thread-safe, but for
/// [BadRows#isRefused].
final class RowCounts {

    private final BadRows bad;
    private final List<DatasetReport.Source> sources = new ArrayList<>();
    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    private final Map<Oddity, Integer> oddities = new EnumMap<>(Oddity.class);
    private final Map<String, Integer> unusedFields = new TreeMap<>();

    /// @param bad takes rows that cannot be read
    RowCounts(BadRows bad) {
        this.bad = bad;
    }

    void addSource(String file, String format) {
        sources.add(new DatasetReport.Source(file, format, 0));
    }

    /// @return rows that cannot be read
    BadRows bad() {
        return bad;
    }

    /// Counts a row that is kept, of the file that was added last.
    void keep() {
        DatasetReport.Source source = sources.removeLast();
        int before = Objects.requireNonNull(source.numKept());
        sources.add(new DatasetReport.Source(source.file(), source.format(), before + 1));
    }

    /// Counts a row that is left out.
    void drop(DropReason reason) {
        dropped.merge(reason, 1, Integer::sum);
    }

    /// Counts what is worth knowing of a row that is kept.
    ///
    /// @param found  what is odd about it
    /// @param unread fields of it that nothing was read of
    void note(Set<Oddity> found, Set<String> unread) {
        found.forEach(oddity -> oddities.merge(oddity, 1, Integer::sum));
        unread.forEach(field -> unusedFields.merge(field, 1, Integer::sum));
    }

    /// @param numKept rows that are left
    /// @throws DataException if rows cannot be read and may not be left out, or no row is left
    ReadingReport finish(int numKept) {
        bad.check();
        int numRead =
                numKept + dropped.values().stream().mapToInt(Integer::intValue).sum();
        if (numKept == 0) {
            StringBuilder reasons = new StringBuilder();
            dropped.forEach((reason, count) -> reasons.append(reasons.isEmpty() ? ": " : ", ")
                    .append(count)
                    .append(" × ")
                    .append(reason.text()));
            throw new DataException(
                    sources.stream().map(DatasetReport.Source::file).toList() + ": none of the " + numRead
                            + " rows can be used" + reasons);
        }
        return new ReadingReport(sources, numRead, dropped, numKept, oddities, unusedFields, bad.reasons());
    }
}
