@NullMarked
package org.betatron.evaluation.judge.endpoint;

import org.jspecify.annotations.NullMarked;
