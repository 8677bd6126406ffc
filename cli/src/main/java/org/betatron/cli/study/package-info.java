/// The published comparisons, run again in the controlled world.
///
/// Main types: [org.betatron.cli.study.Studies], what is compared, and
/// [org.betatron.cli.study.StudyRunner], which carries any of them out with the runs of `sft`, `align`,
/// `evaluate` and `score`.
@NullMarked
package org.betatron.cli.study;

import org.jspecify.annotations.NullMarked;
