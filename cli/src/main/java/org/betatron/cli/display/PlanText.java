package org.betatron.cli.display;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.betatron.runs.plan.Bytes;
import org.betatron.runs.plan.MemoryPart;
import org.betatron.runs.plan.RunPlan;

/// What a run will take, for people.
public final class PlanText {

    private static final int MINUTE = 60;

    private PlanText() {}

    /// @return one line, and another one where memory is short
    static String line(RunPlan plan) {
        String line = "Plan: about %s of memory at most (machine %s), %d tokens at once, about %s a step, %s of files"
                .formatted(
                        Bytes.gigabytes(plan.peakBytes()),
                        Bytes.gigabytes(plan.machineBytes()),
                        plan.tokensAtOnce(),
                        time(plan.stepSeconds()),
                        Bytes.gigabytes(plan.diskBytes()));
        return plan.fits() ? line : line + "\n" + shortage(plan).collect(Collectors.joining("\n"));
    }

    /// @return a table, line by line
    public static List<String> table(RunPlan plan) {
        Stream<String> head = Stream.of(
                String.format(Locale.ROOT, "parameters        %,d", plan.size().parameters()),
                String.format(Locale.ROOT, "  trained         %,d", plan.size().trainable()),
                "memory at most    about " + Bytes.gigabytes(plan.peakBytes()) + " (machine "
                        + Bytes.gigabytes(plan.machineBytes()) + ")");
        Stream<String> memory = plan.memory().stream()
                .sorted(Comparator.comparingLong((MemoryPart part) -> -part.bytes()))
                .map(part -> "  " + Bytes.gigabytes(part.bytes()) + "  " + part.name());
        Stream<String> rest = Stream.of(
                String.format(
                        Locale.ROOT,
                        "batch             %,d tokens, %,d at once",
                        plan.tokensOfBatch(),
                        plan.tokensAtOnce()),
                "step              about " + time(plan.stepSeconds()),
                String.format(
                        Locale.ROOT,
                        "run               %,d steps, about %s",
                        plan.numSteps(),
                        time(plan.numSteps() * plan.stepSeconds())),
                "files             about " + Bytes.gigabytes(plan.diskBytes()));
        return Stream.of(head, memory, rest, plan.fits() ? Stream.<String>of() : shortage(plan))
                .flatMap(lines -> lines)
                .toList();
    }

    private static Stream<String> shortage(RunPlan plan) {
        return Stream.concat(
                Stream.of("warning: the machine has less memory than the run needs; each of these takes less:"),
                plan.advice().stream().map(advice -> "  " + advice));
    }

    private static String time(double seconds) {
        if (seconds < MINUTE) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.2g s" : "%.0f s", seconds);
        }
        Duration whole = Duration.ofSeconds(Math.round(seconds));
        return whole.toHours() > 0
                ? whole.toHours() + " h " + whole.toMinutesPart() + " min"
                : whole.toMinutes() + " min";
    }
}
