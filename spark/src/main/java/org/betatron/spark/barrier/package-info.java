/// Runs of which each rank is a task of a barrier stage.
@NullMarked
package org.betatron.spark.barrier;

import org.jspecify.annotations.NullMarked;
