/// What a run directory holds, read as far as it does: [org.betatron.evaluation.record.RunRecord] never fails over
/// what it lacks.
@NullMarked
package org.betatron.evaluation.record;

import org.jspecify.annotations.NullMarked;
