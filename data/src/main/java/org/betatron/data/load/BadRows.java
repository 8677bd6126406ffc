package org.betatron.data.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.betatron.data.DataException;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.RowPlace;

/// Rows of a data set that cannot be read: counted by reason where they may be left out, named together
/// where they may not. Not thread-safe, but for [#isRefused].
final class BadRows {

    /// Rows that are named, and reasons that are told apart.
    private static final int SHOWN = 20;

    private static final String OTHERS = "other reasons";

    private final OnBadRow onBadRow;
    private final List<String> shown = new ArrayList<>();
    private final Map<String, Integer> reasons = new TreeMap<>();
    private int count;
    private volatile boolean refused;

    BadRows(OnBadRow onBadRow) {
        this.onBadRow = onBadRow;
    }

    /// @return whether the data set will not be used, so that nothing of it need be computed
    boolean isRefused() {
        return refused;
    }

    /// @param id  its `id`, else `file:line`
    /// @param why in words
    /// @return the row that is left out
    DroppedRow add(RowPlace place, String id, String why) {
        count++;
        refused = onBadRow == OnBadRow.REFUSE;
        String reason = why.lines().findFirst().orElse("");
        if (shown.size() < SHOWN) {
            shown.add(place + ": " + reason);
        }
        reasons.merge(reasons.containsKey(reason) || reasons.size() < SHOWN ? reason : OTHERS, 1, Integer::sum);
        return new DroppedRow(id, place, DropReason.UNREADABLE, reason);
    }

    /// @return how many rows cannot be read for which reason
    Map<String, Integer> reasons() {
        return reasons;
    }

    /// @throws DataException if rows may not be left out but cannot be read
    void check() {
        if (!refused) {
            return;
        }
        if (count == 1) {
            throw new DataException(shown.getFirst());
        }
        List<String> lines = new ArrayList<>(shown);
        if (count > shown.size()) {
            lines.add("and " + (count - shown.size()) + " more");
        }
        throw new DataException(
                count
                        + " rows cannot be used (data.onBadRow=drop, or --on-bad-row drop where a command takes it,"
                        + " leaves such rows out and counts them):",
                lines);
    }
}
