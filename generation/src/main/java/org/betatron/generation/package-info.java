/// Answers to prompts: many at once, reproducible, with several samples each.
///
/// Main type: [org.betatron.generation.Generator]. What a model computes is behind
/// [org.betatron.core.model.Decoder], how a token is chosen in `org.betatron.core.sampling`.
@NullMarked
package org.betatron.generation;

import org.jspecify.annotations.NullMarked;
