package org.betatron.training.online;

import java.util.List;
import org.betatron.generation.Answer;

/// Says what answers of the policy are worth: one source of scores or a sum of several.
@FunctionalInterface
public interface RolloutScorer {

    /// @param answers to prompts that [Answer#prompt] gives by their number among all of the run; those to one
    ///     prompt follow each other
    /// @return a score of each
    AnswerScores score(List<Answer> answers);
}
