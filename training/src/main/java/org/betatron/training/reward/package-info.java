/// Reward models: pairs whose answers get one score each, and held-out rows.
@NullMarked
package org.betatron.training.reward;

import org.jspecify.annotations.NullMarked;
