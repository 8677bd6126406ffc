/// From files that people have to token ids that a model can learn from: readers, prompt and answer
/// splitting, tokenizing, truncation, what was dropped and why, and the order of visits.
///
/// [org.betatron.data.DataSetLoader] does all of it and returns a
/// [org.betatron.data.TokenizedDataSet] of [org.betatron.data.TokenizedRow]s;
/// [org.betatron.data.RowOrder] says which row comes next.
///
/// ```text
/// file --SourceFile, JsonRows--> JsonRow --PreferenceParser, TextParser, AnswerParser--> SourceRow
///      --ChatTemplate--> RenderedRow --Tokenizer, Truncation--> FittedRow --> TokenizedRow
/// ```
///
/// Models, losses and training state do not belong here.
@NullMarked
package org.betatron.data;

import org.jspecify.annotations.NullMarked;
