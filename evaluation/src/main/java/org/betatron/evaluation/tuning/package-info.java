/// Which of many settings to train with: how long each runs, how they are compared, and what is
/// written about it.
///
/// Main types: [org.betatron.evaluation.tuning.Halving], the steps of every rung, and
/// [org.betatron.evaluation.tuning.Standings], who goes on. Pure; nothing is trained here.
@NullMarked
package org.betatron.evaluation.tuning;

import org.jspecify.annotations.NullMarked;
