package org.betatron.evaluation.generation;

import java.util.ArrayList;
import java.util.List;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;

/// Log-probs of answers under any model with the same tokens.
public final class AnswerLogProbs {

    /// Tokens that go through the model at once.
    private static final int BATCH_TOKENS = 4096;

    private AnswerLogProbs() {}

    /// @param model   borrowed
    /// @param prompts token ids by number
    /// @param answers to these prompts, those to the same prompt one after the other
    /// @return log-prob of each answer, the token that ended it included, nats
    public static double[] of(LanguageModel model, List<int[]> prompts, List<Answer> answers) {
        double[] sums = new double[answers.size()];
        int first = 0;
        while (first < answers.size()) {
            PackedBatch.Builder batch = PackedBatch.builder();
            int tokens = 0;
            int next = first;
            while (next < answers.size() && tokens < BATCH_TOKENS) {
                int prompt = answers.get(next).prompt();
                List<int[]> responses = new ArrayList<>();
                while (next < answers.size() && answers.get(next).prompt() == prompt) {
                    responses.add(answers.get(next).tokenIds());
                    tokens += answers.get(next).tokenIds().length;
                    next++;
                }
                batch.add(prompts.get(prompt), responses.toArray(int[][]::new));
                tokens += prompts.get(prompt).length;
            }
            TokenLogProbs logProbs = model.score(batch.build());
            for (int i = first; i < next; i++) {
                sums[i] = logProbs.sum(i - first);
            }
            first = next;
        }
        return sums;
    }
}
