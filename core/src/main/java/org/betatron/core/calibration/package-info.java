/// How sharp each preference is: reward gaps in, a beta per pair out.
@NullMarked
package org.betatron.core.calibration;

import org.jspecify.annotations.NullMarked;
