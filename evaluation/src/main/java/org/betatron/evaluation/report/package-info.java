/// One run, or several side by side, as a page to read: curves, findings in plain words, samples, data.
///
/// [org.betatron.evaluation.report.RunPage] and [org.betatron.evaluation.report.ComparisonPage] write HTML.
@NullMarked
package org.betatron.evaluation.report;

import org.jspecify.annotations.NullMarked;
