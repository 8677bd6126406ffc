/// What studies do to training rows before a run learns from them: flipped labels, the side of low or
/// high gaps, mixtures of both.
///
/// [org.betatron.data.transform.TransformSpec] says what is done,
/// [org.betatron.data.transform.Transforms] does it in order and keeps account of every row. Held-out
/// rows never come here. What a row draws depends on the seed, the place of the transform in the list
/// and the row's id, not on other rows: the same rows are flipped whether or not a file was added or
/// rows were truncated, and a higher rate flips the same rows and some more.
@NullMarked
package org.betatron.data.transform;

import org.jspecify.annotations.NullMarked;
