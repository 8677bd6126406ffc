package org.betatron.training.online;

import java.util.List;
import org.betatron.data.row.MadeRow;

/// An answer that the policy wrote, and what it was worth.
///
/// Ids are lists, so that the record can be a part of a state.
///
/// @param promptIds token ids of the prompt
/// @param answer    token ids of the answer, at least one
/// @param reward    of the answer
/// @param advantage reward beyond the mean reward of the other answers to the prompt
record WrittenAnswer(String id, List<Integer> promptIds, List<Integer> answer, double reward, double advantage)
        implements MadeRow {

    WrittenAnswer {
        promptIds = List.copyOf(promptIds);
        answer = List.copyOf(answer);
    }

    @Override
    public int[] prompt() {
        return promptIds.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public List<int[]> responses() {
        return List.of(answer.stream().mapToInt(Integer::intValue).toArray());
    }
}
