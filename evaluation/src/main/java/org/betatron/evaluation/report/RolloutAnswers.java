package org.betatron.evaluation.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.betatron.evaluation.record.RolloutSample;

/// How answers changed while a policy learned from them: the best and the worst one to a prompt of some rollouts, from
/// the first to the newest.
final class RolloutAnswers {

    /// Rollouts that are shown.
    private static final int MOST = 5;

    /// Characters of an answer that are shown.
    private static final int LONGEST = 1500;

    private RolloutAnswers() {}

    /// Adds them to a page, or nothing where there are none.
    ///
    /// @param samples in the order of steps; of those of one step the best first
    static void add(List<RolloutSample> samples, Html html) {
        if (samples.isEmpty()) {
            return;
        }
        Map<Long, List<RolloutSample>> byStep = samples.stream()
                .collect(Collectors.groupingBy(RolloutSample::step, LinkedHashMap::new, Collectors.toList()));
        boolean areRanked = byStep.values().stream().anyMatch(answers -> answers.size() > 1);
        html.raw("<h2>Answers as they change</h2>")
                .element(
                        "p class=\"dim\"",
                        "Drawn in training: " + (areRanked ? "the best and the worst answer" : "an answer")
                                + " to the first prompt of a rollout.");
        List<Long> steps = List.copyOf(byStep.keySet());
        int shown = Math.min(MOST, steps.size());
        IntStream.range(0, shown)
                .map(i -> shown == 1 ? 0 : i * (steps.size() - 1) / (shown - 1))
                .mapToObj(steps::get)
                .forEach(step -> add(step, byStep.getOrDefault(step, List.of()), html));
    }

    private static void add(long step, List<RolloutSample> answers, Html html) {
        RolloutSample best = answers.getFirst();
        html.raw("<div class=\"card\">").element("h3", "Step " + step + ", " + best.id());
        text("prompt", best.prompt(), html);
        html.raw("<div class=\"pair\"><div>");
        text((answers.size() > 1 ? "best, " : "answer, ") + worth(best), best.answer(), html);
        if (answers.size() > 1) {
            RolloutSample worst = answers.getLast();
            html.raw("</div><div>");
            text("worst, " + worth(worst), worst.answer(), html);
        }
        html.raw("</div></div></div>");
    }

    private static String worth(RolloutSample sample) {
        Double score = sample.score();
        return score == null ? "no score" : "score " + Html.number(score);
    }

    private static void text(String label, String text, Html html) {
        String shown = text.strip();
        int end = shown.offsetByCodePoints(0, Math.min(LONGEST, shown.codePointCount(0, shown.length())));
        html.element("div class=\"label\"", label)
                .element(
                        "div class=\"text\"",
                        end == shown.length()
                                ? shown
                                : shown.substring(0, end) + " … (" + (shown.length() - end) + " more characters)");
    }
}
