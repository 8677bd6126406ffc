/// Who says which of two answers is better.
///
/// Main types: [org.betatron.evaluation.judge.Judge], [org.betatron.evaluation.judge.ScoreJudge]. Language
/// models behind an endpoint are in `org.betatron.evaluation.judge.endpoint`. What verdicts amount to is
/// counted in `org.betatron.evaluation.comparison`.
@NullMarked
package org.betatron.evaluation.judge;

import org.jspecify.annotations.NullMarked;
