/// From files that people have to token ids that a model can learn from: readers, prompt and answer
/// splitting, tokenizing, truncation, what was dropped and why, and the order of visits.
///
/// [org.betatron.data.load.DataSetLoader] does all of it and returns a
/// [org.betatron.data.load.TokenizedDataSet] of [org.betatron.data.row.TokenizedRow]s;
/// [org.betatron.data.row.RowOrder] says which row comes next.
///
/// ```text
/// file --SourceFile, RawRows--> JsonRow --PreferenceParser, TextParser, AnswerParser--> SourceRow
///      --ChatTemplate--> RenderedRow --Tokenizer, Truncation--> FittedRow --> TokenizedRow
/// TokenizedRow --DataSetCollector--> StoredList in a ScratchFile --> the same rows, one at a time
/// ```
///
/// What lies between the first and the last of these happens on several threads
/// ([org.betatron.data.load.OrderedWork]), in the order of the files.
///
/// [org.betatron.data.packing.RowBatch] takes rows through a model. Losses and training state do not belong here.
@NullMarked
package org.betatron.data;

import org.jspecify.annotations.NullMarked;
