package org.betatron.core.policy;

/// How much better each token of a rollout was than expected, held constant in what follows. Arrays
/// are lent.
///
/// @param ofTokens `[answers][tokens]`; 0 in answers that nothing is learned from
/// @param returns  what a critic should have said, `[answers][tokens]`; `[0][]` where there is none
/// @param rewards  of each answer with all that is taken off, `[answers]`; NaN where it has no
///     score
/// @param numFlat  groups in which all rewards are the same, so that a group baseline leaves
///     nothing to learn
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
public record Advantages(double[][] ofTokens, double[][] returns, double[] rewards, int numFlat) {}
