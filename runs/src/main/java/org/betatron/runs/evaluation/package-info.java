/// Evaluations: answers of two models, written once and kept, what a judge says of them, and the files of both.
@NullMarked
package org.betatron.runs.evaluation;

import org.jspecify.annotations.NullMarked;
