/// Processes that reach each other through libtorch's collectives (c10d).
///
/// Main types: [org.betatron.torch.rank.TensorRanks], [org.betatron.torch.rank.ProcessRanks]. What
/// is exchanged, and when, does not belong here.
@NullMarked
package org.betatron.torch.rank;

import org.jspecify.annotations.NullMarked;
