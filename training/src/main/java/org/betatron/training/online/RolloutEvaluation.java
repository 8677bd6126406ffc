package org.betatron.training.online;

import static org.betatron.core.run.MetricNames.KL;
import static org.betatron.core.run.MetricNames.ROLLOUT;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedText;
import org.betatron.training.Evaluation;
import org.betatron.training.run.Metrics;
import org.jspecify.annotations.Nullable;

/// What a policy's answers to held-out prompts are worth: one answer to each, drawn with the same
/// random numbers every
/// time.
///
/// @param writer    of held-out prompts, one sample each
/// @param reference what the distance is measured from; null for no distance
/// @param packing   how answers go through both models
/// @param seed      of the draws
public record RolloutEvaluation<S>(
        RolloutWriter writer, @Nullable LanguageModel reference, Packing packing, long seed) implements Evaluation<S> {

    @Override
    public Metrics evaluate(S state) {
        Rollout rollout = writer.write(seed, 0, 0, writer.prompts().size());
        Metrics.Builder metrics = Metrics.builder();
        for (Map.Entry<String, Double> number : rollout.summary().entrySet()) {
            metrics.put(number.getKey().substring(ROLLOUT.length()), number.getValue());
        }
        if (reference != null) {
            List<TokenizedText> texts = rollout.answers().stream()
                    .map(answer -> new TokenizedText(
                            writer.prompts().names().get(answer.prompt()),
                            writer.prompts().tokenIds().get(answer.prompt()),
                            answer.tokenIds()))
                    .toList();
            metrics.put(KL, meanLogProb(writer.policy(), texts) - meanLogProb(reference, texts));
        }
        return metrics.build();
    }

    private double meanLogProb(LanguageModel model, List<TokenizedText> texts) {
        var numbers = RowBatch.of(texts, packing).score(model);
        return IntStream.range(0, texts.size())
                .mapToDouble(i -> numbers.sum(TokenQuantity.LOG_PROB, i, 0))
                .average()
                .orElseThrow();
    }
}
