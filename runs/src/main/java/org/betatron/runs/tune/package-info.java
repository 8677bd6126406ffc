/// Which setting to train with: runs of many settings, the worse dropped on the way.
///
/// Main types: [org.betatron.runs.tune.TuneRequest] and [org.betatron.runs.tune.TuneRun]. Who goes
/// on is decided in `org.betatron.evaluation.tuning`.
@NullMarked
package org.betatron.runs.tune;

import org.jspecify.annotations.NullMarked;
