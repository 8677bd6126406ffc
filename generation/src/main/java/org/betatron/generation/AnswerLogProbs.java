package org.betatron.generation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedText;

/// Log-probs of answers under any model with the same tokens.
public final class AnswerLogProbs {

    private static final Packing PACKING = Packing.ofTokens(4096);

    private AnswerLogProbs() {}

    /// @param model   borrowed
    /// @param prompts token ids by number
    /// @param answers to these prompts
    /// @return log-prob of each answer, the token that ended it included, nats
    public static double[] of(LanguageModel model, List<int[]> prompts, List<Answer> answers) {
        return sums(score(model, prompts, answers, PACKING), TokenQuantity.LOG_PROB);
    }

    /// @param model   borrowed
    /// @param prompts token ids by number
    /// @param answers to these prompts
    /// @param packing how they go through the model
    /// @return mean log-prob of an answer, nats
    public static double mean(LanguageModel model, List<int[]> prompts, List<Answer> answers, Packing packing) {
        return Arrays.stream(sums(score(model, prompts, answers, packing), TokenQuantity.LOG_PROB))
                .average()
                .orElseThrow();
    }

    /// @param model    borrowed
    /// @param quantity that it computes
    /// @param prompts  token ids by number
    /// @param answers  to these prompts
    /// @param packing  how they go through the model
    /// @return the quantity of every token of each answer, `[answers][tokens]`
    public static float[][] ofTokens(
            ResponseModel model, TokenQuantity quantity, List<int[]> prompts, List<Answer> answers, Packing packing) {
        BatchNumbers numbers = score(model, prompts, answers, packing);
        return IntStream.range(0, numbers.size())
                .mapToObj(index -> numbers.values(quantity, index))
                .toArray(float[][]::new);
    }

    /// @param model   borrowed
    /// @param prompts token ids by number
    /// @param answers to these prompts
    /// @return divergence of the mixture from its reference along each answer, nats: [RealignedModel#divergence]
    public static double[] divergence(RealignedModel model, List<int[]> prompts, List<Answer> answers) {
        return sums(score(model.divergence(), prompts, answers, PACKING), TokenQuantity.SCORE);
    }

    private static BatchNumbers score(ResponseModel model, List<int[]> prompts, List<Answer> answers, Packing packing) {
        List<TokenizedText> texts = answers.stream()
                .map(answer -> new TokenizedText("answer", prompts.get(answer.prompt()), answer.tokenIds()))
                .toList();
        return RowBatch.of(texts, packing).score(model);
    }

    private static double[] sums(BatchNumbers numbers, TokenQuantity quantity) {
        return IntStream.range(0, numbers.size())
                .mapToDouble(index -> numbers.sum(quantity, index, 0))
                .toArray();
    }
}
