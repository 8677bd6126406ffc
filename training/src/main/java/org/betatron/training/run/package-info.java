/// What a run leaves on disk: its directory, checkpoints and metrics, each written so that a crash
/// or a full disk never leaves something half made that looks whole.
///
/// Main types: [org.betatron.training.run.RunDirectory], [org.betatron.training.run.Checkpoints],
/// [org.betatron.training.run.MetricsLog]. What is learned and when does not belong here.
@NullMarked
package org.betatron.training.run;

import org.jspecify.annotations.NullMarked;
