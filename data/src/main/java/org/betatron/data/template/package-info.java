/// How a dialogue is written as the text that a chat model was trained to read.
@NullMarked
package org.betatron.data.template;

import org.jspecify.annotations.NullMarked;
