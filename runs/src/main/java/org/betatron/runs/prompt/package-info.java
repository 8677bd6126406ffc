/// Prompts that a model is asked, and those that it cannot be asked.
@NullMarked
package org.betatron.runs.prompt;

import org.jspecify.annotations.NullMarked;
