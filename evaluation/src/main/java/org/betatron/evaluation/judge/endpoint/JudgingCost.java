package org.betatron.evaluation.judge.endpoint;

import java.util.Locale;
import org.betatron.evaluation.judge.JudgingPlan;

/// What a plan costs at most, before anything is known of the answers.
///
/// @param requests     two per comparison
/// @param inputTokens  with answers at their longest
/// @param outputTokens with replies at their longest; 0 where the requests set no limit
record JudgingCost(long requests, long inputTokens, long outputTokens) {

    /// English text has some four characters per token in common tokenizers; three leave room.
    private static final double CHARACTERS_PER_TOKEN = 3;

    static JudgingCost of(JudgingPlan plan, EndpointSpec spec) {
        long ofPrompts = 0;
        for (int i = 0; i < plan.prompts().size(); i++) {
            long opponent = plan.opponents().isEmpty()
                    ? plan.maxAnswerTokens()
                    : tokens(plan.opponents().get(i));
            ofPrompts +=
                    tokens(spec.template().text()) + tokens(plan.prompts().get(i)) + plan.maxAnswerTokens() + opponent;
        }
        long requests = 2L * plan.comparisons();
        // Every prompt has as many comparisons as every other.
        return new JudgingCost(
                requests, ofPrompts * requests / plan.prompts().size(), requests * spec.maxReplyTokens());
    }

    private static long tokens(String text) {
        return (long) Math.ceil(text.length() / CHARACTERS_PER_TOKEN);
    }

    /// @return one line
    String text(Price price) {
        return String.format(
                Locale.ROOT,
                "at most %,d requests, some %,d tokens in and %s out%s",
                requests,
                inputTokens,
                outputTokens == 0 ? "no known number" : String.format(Locale.ROOT, "%,d", outputTokens),
                price.text(inputTokens, outputTokens));
    }
}
