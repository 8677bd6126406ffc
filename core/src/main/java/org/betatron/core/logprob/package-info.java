/// What is known of the rows of a batch when their lesson is decided: log-probabilities and other
/// quantities of each response.
///
/// Main types: [org.betatron.core.logprob.PairLogProbs], its two sides
/// ([org.betatron.core.logprob.ResponseLogProbs]), and [org.betatron.core.logprob.RequiredInputs], by which an
/// objective says what it will read. How a model computes them does not belong here.
@NullMarked
package org.betatron.core.logprob;

import org.jspecify.annotations.NullMarked;
