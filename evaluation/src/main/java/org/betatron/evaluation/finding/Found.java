package org.betatron.evaluation.finding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.betatron.evaluation.finding.Finding.Kind;

/// Collects findings. Each method takes whole sentences as a format and the numbers in it.
// The annotation that checks formats at compile time would be a dependency of its own.
@SuppressWarnings("AnnotateFormatMethod")
final class Found {

    private final List<Finding> findings = new ArrayList<>();

    void problem(String text, Object... numbers) {
        add(Kind.PROBLEM, text, numbers);
    }

    void note(String text, Object... numbers) {
        add(Kind.NOTE, text, numbers);
    }

    void expected(String text, Object... numbers) {
        add(Kind.EXPECTED, text, numbers);
    }

    private void add(Kind kind, String text, Object... numbers) {
        findings.add(new Finding(kind, String.format(Locale.ROOT, text, numbers)));
    }

    /// @return most urgent first, otherwise in the order in which they were found
    List<Finding> byUrgency() {
        return findings.stream().sorted(Comparator.comparing(Finding::kind)).toList();
    }
}
