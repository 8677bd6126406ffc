/// From logits to the next token: what is likely enough to be drawn, and the draw itself.
///
/// Main types: [org.betatron.core.sampling.SamplingSpec], [org.betatron.core.sampling.TokenSampler]. Pure
/// functions on `float[]`; the loop around them is not here.
@NullMarked
package org.betatron.core.sampling;

import org.jspecify.annotations.NullMarked;
