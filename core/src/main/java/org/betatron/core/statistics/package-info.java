/// Running statistics of the reward gap: values with a pure update, owned by training, lent to
/// evaluation, saved in checkpoints.
@NullMarked
package org.betatron.core.statistics;

import org.jspecify.annotations.NullMarked;
