/// Scores of rows without training: by a policy and its reference, by a reward model, by an objective from
/// log-probs that others computed.
@NullMarked
package org.betatron.runs.score;

import org.jspecify.annotations.NullMarked;
