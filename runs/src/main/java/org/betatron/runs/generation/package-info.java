/// Answers that a model writes: to the prompts of a file, or in a conversation.
@NullMarked
package org.betatron.runs.generation;

import org.jspecify.annotations.NullMarked;
