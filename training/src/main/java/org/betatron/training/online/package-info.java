/// Learning from what the policy writes: answers to prompts, their scores, and the two kinds of
/// rules that learn from them, by policy gradients and from pairs.
@NullMarked
package org.betatron.training.online;

import org.jspecify.annotations.NullMarked;
