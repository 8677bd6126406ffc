/// Supervised fine-tuning: the log-probs of texts, and held-out rows.
@NullMarked
package org.betatron.training.supervised;

import org.jspecify.annotations.NullMarked;
