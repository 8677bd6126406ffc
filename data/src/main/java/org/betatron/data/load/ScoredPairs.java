package org.betatron.data.load;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.betatron.data.DataException;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.source.JsonLines;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.JsonRows;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Rows of preference files with scores of their answers, whatever layout they have: each as it stands in its
/// file, with `chosen_score`, `rejected_score` and the `id` that the data set gave it.
///
/// Pairs are asked for in the order in which they were read from the files; rows that the data set left out are
/// passed over. Holds one file open; used by one thread.
public final class ScoredPairs implements AutoCloseable {

    private final Iterator<Path> files;
    private final Iterator<DroppedRow> allDropped;
    private @Nullable DroppedRow nextDropped;
    private @Nullable JsonRows rows;
    private @Nullable String lastFile;

    /// @param files   those that the data set was read from, in that order
    /// @param dropped rows of theirs that the data set left out, in the order of the files
    public ScoredPairs(List<Path> files, List<DroppedRow> dropped) {
        this.files = files.iterator();
        allDropped = dropped.iterator();
        dropNext();
    }

    /// @param pair the one that comes next in the data set
    /// @return the row as one line of JSON
    /// @throws DataException if it is not found, or cannot be told from a row that was left out
    public String line(TokenizedPair pair, PairScores scores) {
        ObjectNode scored = JsonLines.object();
        scored.put("id", pair.id());
        rowOf(pair).node().properties().forEach(field -> {
            if (!field.getKey().equals("id")) {
                scored.set(field.getKey(), field.getValue());
            }
        });
        return scored.put("chosen_score", scores.chosen())
                .put("rejected_score", scores.rejected())
                .toString();
    }

    private JsonRow rowOf(TokenizedPair pair) {
        while (true) {
            JsonRow row = next(pair);
            while (nextDropped != null && isBefore(nextDropped.place(), row.place())) {
                dropNext();
            }
            boolean wasDropped = nextDropped != null
                    && row.place().equals(nextDropped.place())
                    && row.id().equals(nextDropped.id());
            // Ids that occur again in a data set get a number.
            boolean isPair = row.place().equals(pair.place())
                    && (pair.id().equals(row.id()) || pair.id().startsWith(row.id() + "#"));
            if (isPair && wasDropped) {
                throw row.error("rows on one line must have ids that differ, to be told apart; give them an \"id\" or a"
                        + " line each");
            }
            if (isPair) {
                return row;
            }
            if (!wasDropped) {
                throw row.error("the file must not change while its rows are scored");
            }
            dropNext();
        }
    }

    /// What is no JSON object was left out of the data set, and is not met here.
    private static boolean isBefore(RowPlace dropped, RowPlace row) {
        return dropped.file().equals(row.file()) && dropped.line() < row.line();
    }

    private void dropNext() {
        nextDropped = allDropped.hasNext() ? allDropped.next() : null;
    }

    private JsonRow next(TokenizedPair pair) {
        while (rows == null || !rows.hasNext()) {
            close();
            if (!files.hasNext()) {
                throw new DataException(pair.place() + ": the file must not change while its rows are scored");
            }
            Path file = files.next();
            rows = JsonRows.openAgain(file);
            while (lastFile != null
                    && !lastFile.equals(file.toString())
                    && nextDropped != null
                    && nextDropped.place().file().equals(lastFile)) {
                dropNext();
            }
            lastFile = file.toString();
        }
        return rows.next();
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
            rows = null;
        }
    }
}
