package org.betatron.data.row;

import java.util.List;

/// One row of a file as text, whatever the layout of the file it came from: a prompt and the
/// answers that share it.
///
/// @param <R> what it becomes as token ids
public sealed interface SourceRow<R extends TokenizedRow> permits PreferencePair, TrainingText, LabelledAnswer {

    /// @return the row's `id` field, else `file:line`
    String id();

    /// @return what the answers reply to
    Prompt prompt();

    /// @return the turns of the assistant that are scored or learned; those of a pair begin with the
    ///     chosen one
    List<Message> answers();

    /// @return what each answer is called in reports
    List<String> answerNames();

    /// @param id        unique within the data set
    /// @param place     where the row was read
    /// @param prompt    token ids
    /// @param responses token ids of each answer
    R tokenized(String id, RowPlace place, int[] prompt, List<int[]> responses);
}
