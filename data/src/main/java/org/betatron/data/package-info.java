/// From files that people have to token ids that a model can learn from: readers, prompt and answer
/// splitting, tokenizing, truncation, what was dropped and why, and the order in which rows are visited.
///
/// Main types: [org.betatron.data.TokenizedRow] and its two kinds. Models, losses and training state do
/// not belong here.
@NullMarked
package org.betatron.data;

import org.jspecify.annotations.NullMarked;
