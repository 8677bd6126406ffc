/// What a policy learns from scored answers of its own: advantages, the clipped surrogate,
/// penalties for leaving the reference. PPO, RLOO, REINFORCE and GRPO with its corrections are
/// settings of these.
@NullMarked
package org.betatron.core.policy;

import org.jspecify.annotations.NullMarked;
