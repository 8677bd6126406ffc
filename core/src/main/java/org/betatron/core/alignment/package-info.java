/// The decision of one alignment step: selection, calibration, objective and aggregation composed.
///
/// Main types: [org.betatron.core.alignment.Alignment], [org.betatron.core.alignment.AlignmentSpec],
/// [org.betatron.core.alignment.AlignmentDecision].
@NullMarked
package org.betatron.core.alignment;

import org.jspecify.annotations.NullMarked;
