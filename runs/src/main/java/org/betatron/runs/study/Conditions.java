package org.betatron.runs.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.betatron.data.world.WorldSpec;
import org.betatron.evaluation.study.Arm;
import org.betatron.evaluation.study.Cell;
import org.betatron.evaluation.study.Study;

/// How a study was measured, in words.
final class Conditions {

    private Conditions() {}

    /// @return lines of Markdown
    static List<String> of(Study study, int seeds, StudyScale scale, Map<Arm, List<Cell>> cells) {
        WorldSpec world = scale.world(StudyScale.WORLD, 1);
        double seconds = cells.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Cell::seconds)
                .sum();
        boolean quick = scale.isQuick();
        List<String> lines = new ArrayList<>();
        lines.add("    ./betatron study " + study.name() + " --seeds " + seeds + (quick ? " --quick" : ""));
        lines.add("");
        if (quick) {
            lines.add("A quick run, to see that everything works: **its numbers mean nothing.**");
            lines.add("");
        }
        lines.add(String.format(
                Locale.ROOT,
                "- %d seeds; each draws its own texts, pairs, weights and order. %d cells, %.0f s of training and"
                        + " measuring together, %d thread%s.",
                seeds,
                cells.values().stream().mapToInt(List::size).sum(),
                seconds,
                scale.threads(),
                scale.threads() == 1 ? "" : "s"));
        lines.add(String.format(
                Locale.ROOT,
                "- The controlled world: preferences by Bradley-Terry at temperature %s, a tenth of the pairs with a heap"
                        + " of words for an answer. Every arm of a seed and size starts from the same supervised model"
                        + " (%d steps) and sees %,d pairs, in batches of %d, %d steps unless the table says otherwise.",
                world.temperature(),
                scale.supervisedSteps(),
                StudyScale.TRAINING_PAIRS,
                StudyScale.BATCH_SIZE,
                scale.steps()));
        lines.add(
                "- Win rate: the true reward of an answer against that of the chosen answer of the data, ties as half,"
                        + " on " + scale.questions()
                        + " rows with questions that occur in no training data. Answers at temperature"
                        + " 1 unless the table says otherwise.");
        lines.add(
                "- Intervals: 95 % percentiles of 4,000 bootstrap samples of seeds, and of questions within each seed."
                        + " With few seeds they are rather too short. Differences are of answers to the same rows. A comparison"
                        + " *holds* if its interval excludes zero even with an error of 5 % shared among all comparisons of the"
                        + " study (Bonferroni). *Within the interval* means that nothing was shown, not that both are alike.");
        lines.add(
                "- Dynamic beta: sensitivity 0.6 / beta_0 on gaps with beta_0, which is `a = 0.6` of the published code;"
                        + " beta within 0.01 and 10 times beta_0. Filters keep 80 %.");
        lines.add("- Every number of every arm and seed: `results.jsonl`.");
        return lines;
    }
}
