@NullMarked
package org.betatron.evaluation;

import org.jspecify.annotations.NullMarked;
