/// Who says which of two answers is better.
///
/// Main types: [org.betatron.evaluation.judge.Judge], [org.betatron.evaluation.judge.ScoreJudge]. What
/// verdicts amount to is counted in `org.betatron.evaluation.comparison`.
@NullMarked
package org.betatron.evaluation.judge;

import org.jspecify.annotations.NullMarked;
