package org.betatron.training.online;

import org.betatron.data.row.PairScores;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedPair;

/// A pair that was made of answers, as a checkpoint holds it. Arrays are lent, not to be written.
///
/// @param id            of the prompt's row
/// @param prompt        token ids
/// @param chosen        token ids of the better answer
/// @param rejected      token ids of the other one
/// @param hasScores     whether the two have scores
/// @param chosenScore   of the better answer
/// @param rejectedScore of the other one
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
public record WrittenPair(
        String id,
        int[] prompt,
        int[] chosen,
        int[] rejected,
        boolean hasScores,
        double chosenScore,
        double rejectedScore) {

    TokenizedPair row() {
        return new TokenizedPair(
                id,
                RowPlace.NOWHERE,
                prompt,
                chosen,
                rejected,
                hasScores ? new PairScores(chosenScore, rejectedScore) : null);
    }
}
