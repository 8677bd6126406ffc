/// Text to token ids and back, and what the files of a model directory say about tokens.
@NullMarked
package org.betatron.data.tokenizer;

import org.jspecify.annotations.NullMarked;
