package org.betatron.evaluation.comparison;

import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.betatron.evaluation.judge.Outcome;
import org.betatron.evaluation.judge.Verdict;

/// How a model did against an opponent at one temperature. Intervals are 95 % bootstrap percentiles over
/// prompts.
///
/// @param temperature      of the draws
/// @param prompts          prompts answered
/// @param answers          answers judged
/// @param undecided        answers without a verdict; they count nowhere else but in `tokens` and `kl`
/// @param win              share of answers that were better
/// @param tie              share of answers that were as good
/// @param loss             share of answers that were worse
/// @param winRate          wins and half of the ties, as a share
/// @param lengthControlled win rate where both answers are equally long
/// @param tokens           mean length of the answers
/// @param opponentTokens   mean length of the opponent's answers
/// @param score            mean score of the answers; NaN where the judge gives none
/// @param opponentScore    mean score of the opponent's answers
/// @param kl               mean log-ratio of the answers, nats per answer: where they are drawn from the
///     model unchanged (temperature 1, no filters) an estimate of the KL divergence from the reference,
///     `E[log p(answer) - log p_ref(answer)]`; NaN elsewhere and without a reference
public record ComparisonReport(
        double temperature,
        int prompts,
        int answers,
        int undecided,
        Estimate win,
        Estimate tie,
        Estimate loss,
        Estimate winRate,
        Estimate lengthControlled,
        Estimate tokens,
        Estimate opponentTokens,
        Estimate score,
        Estimate opponentScore,
        Estimate kl) {

    /// @param temperature of the draws
    /// @param all         every answer
    /// @param seed        of the bootstrap
    public static ComparisonReport of(double temperature, List<JudgedAnswer> all, long seed) {
        List<JudgedAnswer> judged =
                all.stream().filter(answer -> answer.verdict() != null).toList();
        Bootstrap verdicts = new Bootstrap(judged, seed);
        Bootstrap everything = new Bootstrap(all, seed);
        return new ComparisonReport(
                temperature,
                (int) all.stream().mapToInt(JudgedAnswer::prompt).distinct().count(),
                judged.size(),
                all.size() - judged.size(),
                verdicts.estimate(mean(answer -> is(answer, Outcome.WIN))),
                verdicts.estimate(mean(answer -> is(answer, Outcome.TIE))),
                verdicts.estimate(mean(answer -> is(answer, Outcome.LOSS))),
                verdicts.estimate(mean(answer -> verdict(answer).outcome().value())),
                verdicts.estimate(LengthControl::winRate),
                everything.estimate(mean(JudgedAnswer::tokens)),
                everything.estimate(mean(JudgedAnswer::opponentTokens)),
                verdicts.estimate(mean(answer -> verdict(answer).score())),
                verdicts.estimate(mean(answer -> verdict(answer).opponentScore())),
                everything.estimate(mean(JudgedAnswer::logRatio)));
    }

    /// @return what models are compared by, the larger the better: the mean score, or the win rate
    ///     where the judge gives no scores
    public Estimate measure() {
        return hasScores() ? score : winRate;
    }

    /// @return whether the judge gave scores
    public boolean hasScores() {
        return !Double.isNaN(score.value());
    }

    private static double is(JudgedAnswer answer, Outcome outcome) {
        return verdict(answer).outcome() == outcome ? 1 : 0;
    }

    private static Verdict verdict(JudgedAnswer answer) {
        return Objects.requireNonNull(answer.verdict());
    }

    private static ToDoubleFunction<List<JudgedAnswer>> mean(ToDoubleFunction<JudgedAnswer> value) {
        return answers -> answers.stream().mapToDouble(value).average().orElse(Double.NaN);
    }
}
