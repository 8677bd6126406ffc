package org.betatron.data.load;

import java.util.List;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.RowPlace;

/// The prompts of files.
///
/// @param byTemplate as each of the chat templates writes them; the lists hold the same rows in the
///     same order
/// @param places     where these rows stand
/// @param dropped    rows that were left out, in the order of the files
/// @param report     what became of the rows
public record PromptSet(
        List<List<PromptRow>> byTemplate, List<RowPlace> places, List<DroppedRow> dropped, ReadingReport report) {

    public PromptSet {
        byTemplate = byTemplate.stream().map(List::copyOf).toList();
        places = List.copyOf(places);
        dropped = List.copyOf(dropped);
    }

    /// @param template number of a chat template, from 0
    /// @return the prompts as it writes them
    public List<PromptRow> of(int template) {
        return byTemplate.get(template);
    }
}
