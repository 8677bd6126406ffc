/// What a run shows, in plain words: one rule a file, put together by
/// [org.betatron.evaluation.finding.Findings]. How it looks on a page belongs to
/// [org.betatron.evaluation.report.RunPage].
@NullMarked
package org.betatron.evaluation.finding;

import org.jspecify.annotations.NullMarked;
