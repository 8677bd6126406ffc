package org.betatron.data.load;

import java.util.List;

/// The prompts of files.
///
/// @param byTemplate as each of the chat templates writes them; the lists hold the same rows in the same order
/// @param report     what became of the rows
public record PromptSet(List<List<PromptRow>> byTemplate, ReadingReport report) {

    public PromptSet {
        byTemplate = byTemplate.stream().map(List::copyOf).toList();
    }

    /// @param template number of a chat template, from 0
    /// @return the prompts as it writes them
    public List<PromptRow> of(int template) {
        return byTemplate.get(template);
    }
}
