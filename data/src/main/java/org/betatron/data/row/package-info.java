/// What a row is, as text and as token ids, whatever file it came from: pairs, labelled answers, texts to
/// imitate; which of them are held out, and in which order they are visited. Nothing here reads a file.
@NullMarked
package org.betatron.data.row;

import org.jspecify.annotations.NullMarked;
