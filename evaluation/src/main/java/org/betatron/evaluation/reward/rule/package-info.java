/// Rewards that a rule computes from an answer's text, length or end.
@NullMarked
package org.betatron.evaluation.reward.rule;

import org.jspecify.annotations.NullMarked;
