/// The published comparisons, run again in the controlled world.
///
/// Main types: [org.betatron.runs.study.Studies], what is compared, and
/// [org.betatron.runs.study.StudyRunner], which carries any of them out with the runs of `sft`, `align`,
/// `evaluate` and `score`.
@NullMarked
package org.betatron.runs.study;

import org.jspecify.annotations.NullMarked;
