@NullMarked
package org.betatron.training;

import org.jspecify.annotations.NullMarked;
