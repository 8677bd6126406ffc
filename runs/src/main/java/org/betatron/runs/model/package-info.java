/// Models as a run finds them: where they lie, what they are opened with, and new ones.
@NullMarked
package org.betatron.runs.model;

import org.jspecify.annotations.NullMarked;
