/// What a run will take, said before it begins.
@NullMarked
package org.betatron.runs.plan;

import org.jspecify.annotations.NullMarked;
