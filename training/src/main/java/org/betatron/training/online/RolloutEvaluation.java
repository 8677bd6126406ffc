package org.betatron.training.online;

import static org.betatron.core.run.MetricNames.KL;
import static org.betatron.core.run.MetricNames.ROLLOUT;

import java.util.Map;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.packing.Packing;
import org.betatron.generation.AnswerLogProbs;
import org.betatron.training.Evaluation;
import org.betatron.training.run.Metrics;
import org.jspecify.annotations.Nullable;

/// What a policy's answers to held-out prompts are worth: one answer to each, drawn with the same
/// random numbers every time.
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
            metrics.put(KL, meanLogProb(writer.policy(), rollout) - meanLogProb(reference, rollout));
        }
        return metrics.build();
    }

    private double meanLogProb(LanguageModel model, Rollout rollout) {
        return AnswerLogProbs.mean(model, writer.prompts().tokenIds(), rollout.answers(), packing);
    }
}
