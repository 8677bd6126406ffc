/// Betatron on Apache Spark: rows of a DataFrame scored, answered and judged on executors, and runs
/// whose
/// ranks are the tasks of a barrier stage.
@NullMarked
package org.betatron.spark;

import org.jspecify.annotations.NullMarked;
