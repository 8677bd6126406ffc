/// Sources of rewards as recipes name them, opened. Reward models stay in memory until they are
/// closed.
@NullMarked
package org.betatron.runs.reward;

import org.jspecify.annotations.NullMarked;
