package org.betatron.evaluation.finding;

import java.util.List;
import org.betatron.evaluation.record.RunRecord;
import org.betatron.evaluation.record.Sample;

/// How sample answers changed: not at all, to nothing, or in length.
final class SamplesRule implements FindingRule {

    @Override
    public void look(RunRecord run, Found found) {
        List<Sample> before = samples(run, Sample.BEFORE);
        List<Sample> after = samples(run, Sample.AFTER);
        if (before.isEmpty() || before.size() != after.size()) {
            return;
        }
        long same = after.stream()
                .filter(sample -> before.stream()
                        .anyMatch(other ->
                                other.id().equals(sample.id()) && other.answer().equals(sample.answer())))
                .count();
        if (same == after.size()) {
            found.note("All %d sample answers are the same as before.", same);
        }
        long empty = after.stream().filter(sample -> sample.answer().isBlank()).count();
        if (empty > 0) {
            found.problem("%d of %d sample answers are empty.", empty, after.size());
        }
        double lengthBefore = meanLength(before);
        double lengthAfter = meanLength(after);
        if (lengthBefore > 0 && (lengthAfter > 1.5 * lengthBefore || lengthAfter < 0.67 * lengthBefore)) {
            found.note(
                    "Sample answers went from %.0f to %.0f characters on average: length itself may have been learned.",
                    lengthBefore, lengthAfter);
        }
    }

    private static List<Sample> samples(RunRecord run, String when) {
        return run.samples().stream()
                .filter(sample -> sample.when().equals(when))
                .toList();
    }

    private static double meanLength(List<Sample> samples) {
        return samples.stream()
                .mapToInt(sample -> sample.answer().length())
                .average()
                .orElse(0);
    }
}
