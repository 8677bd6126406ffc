/// What processes that make one update together owe each other.
///
/// Main types: [org.betatron.core.rank.Ranks], [org.betatron.core.rank.RankException]. How they
/// reach each other does not belong here.
@NullMarked
package org.betatron.core.rank;

import org.jspecify.annotations.NullMarked;
