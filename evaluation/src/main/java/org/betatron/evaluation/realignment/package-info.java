/// What one aligned model reaches between its reference and beyond itself: measure over distance
/// for several shares of
/// it, and the share that is best. How answers are mixed and measured does not belong here.
@NullMarked
package org.betatron.evaluation.realignment;

import org.jspecify.annotations.NullMarked;
