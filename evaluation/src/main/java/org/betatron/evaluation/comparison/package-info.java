/// What verdicts amount to: win rates with intervals, corrected for length.
///
/// Main type: [org.betatron.evaluation.comparison.ComparisonReport]. Pure functions; answers are written
/// and judged elsewhere.
@NullMarked
package org.betatron.evaluation.comparison;

import org.jspecify.annotations.NullMarked;
