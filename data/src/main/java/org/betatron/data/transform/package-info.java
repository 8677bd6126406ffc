/// What studies do to training rows before a run learns from them: flipped labels, the side of low
/// or high gaps, mixtures of both.
///
/// [org.betatron.data.transform.TransformSpec] says what is done,
/// [org.betatron.data.transform.Transforms] does it in order and keeps account of every row.
/// Held-out rows never come here. The number that a row draws depends on the seed, the place of the
/// transform in the list and the row's id, not on other rows: a higher rate flips the same rows and
/// some more, and the order of rows decides nothing.
@NullMarked
package org.betatron.data.transform;

import org.jspecify.annotations.NullMarked;
