/// Studies: what is compared, what was measured, and what can be said about it.
///
/// Main types: [org.betatron.evaluation.study.Study], which is data, and
/// [org.betatron.evaluation.study.StudyReport], which writes results down. Nothing is trained here.
@NullMarked
package org.betatron.evaluation.study;

import org.jspecify.annotations.NullMarked;
