/// The main class for spark-submit, its commands, and what a user reads when one fails.
@NullMarked
package org.betatron.spark.submit;

import org.jspecify.annotations.NullMarked;
