package org.betatron.data.load;

import java.util.Set;
import java.util.stream.DoubleStream;
import org.betatron.data.DataException;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.MadeRow;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.store.StoredList;
import org.betatron.data.store.UniqueIds;
import org.jspecify.annotations.Nullable;

/// Gathers rows and counts while files are read: rows in files, counts in memory that does not
/// grow with them, but for the gap of each pair that has one (8 bytes). Not thread-safe; close it.
final class DataSetCollector<R extends TokenizedRow> implements AutoCloseable {

    private final RowCounts counts;
    private final StoredList.Writer<R> rows;
    private final StoredList.Writer<DroppedRow> dropped;
    private final UniqueIds ids = new UniqueIds();
    private final LengthCounts promptLengths = new LengthCounts();
    private final LengthCounts responseLengths = new LengthCounts();
    private final LengthCounts rowLengths = new LengthCounts();
    private final DoubleStream.Builder gaps = DoubleStream.builder();
    private int numDesirable;
    private int numUndesirable;
    private @Nullable RowPlace firstWithoutScores;
    private int numPromptsCut;
    private int numResponsesCut;
    private long numTokensCut;

    /// @param form    how rows are kept
    /// @param dropped how rows that are left out are kept
    /// @param bad     takes rows that cannot be read
    /// @throws DataException if no temporary file can be made
    DataSetCollector(StoredList.Form<R> form, StoredList.Form<DroppedRow> dropped, BadRows bad) {
        this.counts = new RowCounts(bad);
        this.rows = new StoredList.Writer<>(form);
        this.dropped = new StoredList.Writer<>(dropped);
    }

    void addSource(String file, String format) {
        counts.addSource(file, format);
    }

    /// @return rows that cannot be read
    BadRows bad() {
        return counts.bad();
    }

    void drop(DroppedRow row) {
        dropped.add(row);
        counts.drop(row.reason());
    }

    void keep(R row, FittedRow fitted) {
        rows.add(row);
        counts.keep();
        count(row);
        rowLengths.add(row.numTokens());
        promptLengths.add(fitted.prompt().length);
        fitted.responses().forEach(response -> responseLengths.add(response.length));
        numPromptsCut += fitted.promptTokensCut() > 0 ? 1 : 0;
        numTokensCut += fitted.promptTokensCut();
        for (int cut : fitted.responseTokensCut()) {
            numResponsesCut += cut > 0 ? 1 : 0;
            numTokensCut += cut;
        }
    }

    /// @param found  what is worth knowing of the row that was kept last
    /// @param unread fields of it that nothing was read of
    void note(Set<Oddity> found, Set<String> unread) {
        counts.note(found, unread);
    }

    private void count(TokenizedRow row) {
        switch (row) {
            case TokenizedPair pair -> {
                if (pair.scoreGap().isPresent()) {
                    gaps.add(pair.scoreGap().getAsDouble());
                } else if (firstWithoutScores == null) {
                    firstWithoutScores = pair.place();
                }
            }
            case TokenizedAnswer answer -> {
                numDesirable += answer.desirable() ? 1 : 0;
                numUndesirable += answer.desirable() ? 0 : 1;
            }
            case TokenizedText _ -> {}
            case MadeRow _ -> {}
        }
    }

    /// @return the id, with a suffix if it occurred before: files repeat ids, for example one per
    ///     prompt
    String unique(String id) {
        return ids.unique(id);
    }

    /// @throws DataException if rows cannot be read and may not be left out, or no row is left
    TokenizedDataSet<R> finish() {
        ReadingReport read = counts.finish(rows.size());
        GapDistribution distribution = GapDistribution.of(gaps.build().toArray());
        DatasetReport report = new DatasetReport(
                read.sources(),
                read.numRead(),
                read.dropped(),
                read.numKept(),
                new ScoreReport(distribution.count(), firstWithoutScores, distribution),
                numDesirable,
                numUndesirable,
                ids.numRenamed(),
                numPromptsCut,
                numResponsesCut,
                numTokensCut,
                LengthStatistics.of(promptLengths),
                LengthStatistics.of(responseLengths),
                LengthStatistics.of(rowLengths),
                read.oddities(),
                read.unusedFields(),
                read.unreadable());
        return new TokenizedDataSet<>(rows.finish(), dropped.finish(), report);
    }

    @Override
    public void close() {
        ids.close();
        rows.close();
        dropped.close();
    }
}
