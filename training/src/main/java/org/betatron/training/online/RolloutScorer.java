package org.betatron.training.online;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.betatron.generation.Answer;

/// Says what answers of the policy are worth: one source of scores or a sum of several.
public interface RolloutScorer {

    /// Nobody is asked: no answer has a score.
    RolloutScorer NONE = new RolloutScorer() {
        @Override
        public String identity() {
            return "none";
        }

        @Override
        public AnswerScores score(List<Answer> answers) {
            double[] none = new double[answers.size()];
            Arrays.fill(none, Double.NaN);
            return new AnswerScores(none, Map.of());
        }
    };

    /// @return name with everything that scores depend on, part of a run's identity
    String identity();

    /// @param answers to prompts that [Answer#prompt] gives by their number among all of the run;
    ///     those to one prompt follow each other
    /// @return a score of each
    AnswerScores score(List<Answer> answers);
}
