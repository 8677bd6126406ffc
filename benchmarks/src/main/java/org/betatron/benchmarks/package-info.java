/// JMH benchmarks, run by hand; results with date and hardware are in `benchmarks/README.md`.
@NullMarked
package org.betatron.benchmarks;

import org.jspecify.annotations.NullMarked;
