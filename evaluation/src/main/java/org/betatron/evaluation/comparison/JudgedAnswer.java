package org.betatron.evaluation.comparison;

import org.betatron.evaluation.judge.Verdict;
import org.jspecify.annotations.Nullable;

/// One answer beside its opponent's, with what is known about both.
///
/// @param prompt         number of the prompt; answers to one prompt are resampled together
/// @param verdict        null if the judge gave none
/// @param tokens         length of the answer
/// @param opponentTokens length of the opponent's answer
/// @param logRatio       log-prob of the answer under the model minus that under the reference, nats; NaN
///     where there is no reference
public record JudgedAnswer(int prompt, @Nullable Verdict verdict, int tokens, int opponentTokens, double logRatio) {}
