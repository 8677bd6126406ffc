package org.betatron.generation;

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
        return sums(model, TokenQuantity.LOG_PROB, prompts, answers);
    }

    /// @param model   borrowed
    /// @param prompts token ids by number
    /// @param answers to these prompts
    /// @return divergence of the mixture from its reference along each answer, nats: [RealignedModel#divergence]
    public static double[] divergence(RealignedModel model, List<int[]> prompts, List<Answer> answers) {
        return sums(model.divergence(), TokenQuantity.SCORE, prompts, answers);
    }

    private static double[] sums(
            ResponseModel model, TokenQuantity quantity, List<int[]> prompts, List<Answer> answers) {
        List<TokenizedText> texts = answers.stream()
                .map(answer -> new TokenizedText("answer", prompts.get(answer.prompt()), answer.tokenIds()))
                .toList();
        BatchNumbers numbers = RowBatch.of(texts, PACKING).score(model);
        return IntStream.range(0, texts.size())
                .mapToDouble(index -> numbers.sum(quantity, index, 0))
                .toArray();
    }
}
