/// A small world whose rewards are known exactly: questions about things, answers from a grammar, a reward
/// of any text, and preferences drawn from it.
///
/// What a method of alignment is said to do can be measured here: the true win rate, which pairs are
/// mislabelled, how far apart two answers are. Main types: [org.betatron.data.world.WorldReward],
/// [org.betatron.data.world.WorldData]. Models and training do not belong here.
@NullMarked
package org.betatron.data.world;

import org.jspecify.annotations.NullMarked;
