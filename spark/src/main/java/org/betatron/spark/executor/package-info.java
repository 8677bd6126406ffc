/// What runs in executors: models that are open once in each, and what becomes of rows there.
@NullMarked
package org.betatron.spark.executor;

import org.jspecify.annotations.NullMarked;
