package org.betatron.data.load;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.layout.Leftover;

/// Looks for fields that a layout does not read, but that say something, in what the model reads.
///
/// @param row what the model reads
record ReadContents(RenderedRow row) {

    /// @param left what the layout does not read
    /// @return the row, with the names of what nothing was read of
    /// @throws DataException if something is said that the model does not read
    RenderedRow check(Leftover left) {
        if (left.names().isEmpty()) {
            return row;
        }
        for (Map.Entry<String, List<String>> field : left.content().entrySet()) {
            for (String text : field.getValue()) {
                boolean isRead = DialogueContents.find(text, row.prompt(), 0) >= 0
                        || row.responses().stream().anyMatch(response -> DialogueContents.find(text, response, 0) >= 0);
                if (!isRead) {
                    throw new DataException("\"" + field.getKey() + "\" says something that does not reach the model in"
                            + " this layout; say what it is with data.fields, or that it does not matter with"
                            + " data.fields.ignore");
                }
            }
        }
        Set<String> unread = new LinkedHashSet<>(row.unread());
        unread.addAll(left.names());
        return new RenderedRow(row.prompt(), row.responses(), row.oddities(), unread);
    }
}
