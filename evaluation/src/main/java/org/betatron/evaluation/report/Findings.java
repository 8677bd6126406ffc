package org.betatron.evaluation.report;

import static org.betatron.core.run.MetricNames.ACCURACY;
import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.CHOSEN_BELOW_REFERENCE;
import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.GRADIENT_NORM;
import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.REWARD_CHOSEN;
import static org.betatron.core.run.MetricNames.REWARD_REJECTED;
import static org.betatron.core.run.MetricNames.SKIPPED_STEPS;
import static org.betatron.core.run.MetricNames.TOKENS_PER_SECOND;
import static org.betatron.core.run.MetricNames.TRAIN;
import static org.betatron.evaluation.report.Finding.Kind.EXPECTED;
import static org.betatron.evaluation.report.Finding.Kind.NOTE;
import static org.betatron.evaluation.report.Finding.Kind.PROBLEM;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.report.Finding.Kind;

/// What a run shows, in plain words. Thresholds are rules of thumb of ours; each sentence gives the numbers
/// that it rests on.
public final class Findings {

    /// Logged lines that the beginning and the end of a noisy curve are means of.
    private static final int ENDS = 10;

    /// A sigmoid loss this near to ln 2, nats, has not moved.
    private static final double FLAT = 0.005;

    /// Relative distance within which beta counts as being at a bound.
    private static final double AT_BOUND = 1e-6;

    private static final double FEW_ROWS = 100;

    /// A share of one class below which little is learned of it.
    private static final double FEW_OF_A_CLASS = 0.15;

    private final RunRecord run;
    private final List<Finding> findings = new ArrayList<>();

    private Findings(RunRecord run) {
        this.run = run;
    }

    /// @return findings, most urgent first
    public static List<Finding> of(RunRecord run) {
        Findings findings = new Findings(run);
        findings.state();
        findings.notFinite();
        findings.loss();
        findings.rewards();
        findings.accuracy();
        findings.beta();
        findings.gradients();
        findings.speed();
        findings.data();
        findings.rowsWorthALook();
        findings.samples();
        return findings.findings.stream()
                .sorted(Comparator.comparing(Finding::kind))
                .toList();
    }

    // The annotation that checks formats at compile time would be a dependency of its own.
    @SuppressWarnings("AnnotateFormatMethod")
    private void add(Kind kind, String text, Object... numbers) {
        findings.add(new Finding(kind, String.format(Locale.ROOT, text, numbers)));
    }

    private void state() {
        if (!run.finished()) {
            add(
                    NOTE,
                    "There is no final model: the run was stopped, has crashed or still goes on. The last step that was"
                            + " logged is %d.",
                    run.lastStep());
        }
        run.unreadable().forEach(problem -> add(PROBLEM, "%s", problem));
        if (run.metrics().lines().isEmpty()) {
            add(PROBLEM, "No step was logged: nothing can be said about learning.");
        }
    }

    private void notFinite() {
        for (var line : run.metrics().lines()) {
            for (String path : line.propertyNames()) {
                if (line.path(path).isString()) {
                    add(
                            PROBLEM,
                            "%s is %s at step %d: lower train.learningRate, or look at the rows of that step.",
                            path,
                            line.path(path).asString(),
                            line.path("step").asLong());
                    return;
                }
            }
        }
    }

    private void loss() {
        Series loss = series(TRAIN + LOSS);
        if (loss.size() >= ENDS && isLogistic()) {
            double ln2 = Math.log(2);
            if (loss.values().stream().allMatch(value -> Math.abs(value - ln2) < FLAT)) {
                add(
                        PROBLEM,
                        "The loss stays at ln 2 = 0.693: the policy still equals the reference, so nothing was learned."
                                + " Raise train.learningRate or train longer.");
            }
        }
        if (loss.size() >= 2 * ENDS && end(loss) > start(loss) * 1.05 + 1e-9) {
            add(
                    PROBLEM,
                    "The training loss rose from %.4g to %.4g: the learning rate is probably too high.",
                    start(loss),
                    end(loss));
        }
        Series held = series(EVAL + LOSS);
        if (!held.isEmpty()
                && (isLogistic() || isPlainReward())
                && run.lastStep() > 0
                && held.last() > Math.log(2) + 1e-3) {
            add(
                    PROBLEM,
                    "The loss on held-out rows is %.4g, above the ln 2 = 0.693 of a model that has learned nothing.",
                    held.last());
        }
        if (held.size() >= 3) {
            int best = indexOfSmallest(held);
            if (best < held.size() - 1 && held.last() > held.values().get(best) * 1.02) {
                add(
                        PROBLEM,
                        "The loss on held-out rows was lowest at step %.0f (%.4g) and has risen to %.4g since:"
                                + " the run learns its training rows by heart. A shorter run would do better.",
                        held.steps().get(best),
                        held.values().get(best),
                        held.last());
            }
        }
    }

    /// Of a sigmoid of the margin against a reference, whose loss is ln 2 where both models are equal.
    private boolean isLogistic() {
        return run.setting("/alignment/objective/type").equals("dpo");
    }

    /// Of a reward model without margin and centering, whose loss is ln 2 where all scores are equal.
    private boolean isPlainReward() {
        return run.number("/reward/marginScale") == 0 && run.number("/reward/centering") == 0;
    }

    private boolean isReward() {
        return !run.setting("/reward").isEmpty();
    }

    private void rewards() {
        Series chosen = series(TRAIN + REWARD_CHOSEN);
        Series rejected = series(TRAIN + REWARD_REJECTED);
        if (chosen.size() < 2 * ENDS || rejected.size() < 2 * ENDS) {
            return;
        }
        double up = end(chosen) - start(chosen);
        double down = end(rejected) - start(rejected);
        if (up - down <= 0) {
            add(
                    PROBLEM,
                    "The margin between chosen and rejected answers does not grow (rewards moved by %.3g and %.3g).",
                    up,
                    down);
        } else if (isReward()) {
            scores(end(chosen), end(rejected), up - down);
        } else if (up < 0) {
            add(
                    EXPECTED,
                    "Both rewards fall (chosen by %.3g, rejected by %.3g) but the margin grows: expected, the objective"
                            + " only compares the two.",
                    -up,
                    -down);
        } else if (down > 0) {
            add(
                    NOTE,
                    "Both rewards rise (chosen by %.3g, rejected by %.3g): the rejected answers become more probable too.",
                    up,
                    down);
        } else {
            add(
                    EXPECTED,
                    "Chosen answers become more probable (reward +%.3g) and rejected ones less (%.3g).",
                    up,
                    down);
        }
        Series below = series(TRAIN + CHOSEN_BELOW_REFERENCE);
        if (below.size() >= 2 * ENDS && end(below) > 0.8) {
            add(
                    NOTE,
                    "%.0f %% of the chosen answers are less probable than under the reference. If answers get worse,"
                            + " raise alignment.objective.beta, or lower the learning rate.",
                    100 * end(below));
        }
    }

    /// @param growth how much the difference of the two has grown
    private void scores(double chosen, double rejected, double growth) {
        add(
                EXPECTED,
                "The model scores chosen answers %.3g above rejected ones, %.3g more than at the beginning.",
                chosen - rejected,
                growth);
        double middle = (chosen + rejected) / 2;
        if (Math.abs(middle) > chosen - rejected) {
            add(
                    NOTE,
                    "Scores lie around %.3g, further from 0 than chosen and rejected ones from each other: only"
                            + " differences are learned. Set reward.centering=0.01 where scores are to be read alone.",
                    middle);
        }
    }

    private void accuracy() {
        Series train = series(TRAIN + ACCURACY);
        Series held = series(EVAL + ACCURACY);
        if (train.size() >= 2 * ENDS) {
            Series smooth = train.smoothed(5);
            for (int i = 4; i < smooth.size(); i++) {
                if (smooth.values().get(i) >= 0.999) {
                    double step = smooth.steps().get(i);
                    boolean early = step <= Math.max(20, 0.2 * run.lastStep());
                    add(
                            early ? PROBLEM : NOTE,
                            early
                                    ? "Accuracy is 1.0 after %.0f steps: the pairs are trivially separable, by length or"
                                            + " a phrase perhaps."
                                    : "Accuracy on training batches reached 1.0 at step %.0f.",
                            step);
                    break;
                }
            }
            if (held.isEmpty()) {
                add(NOTE, "No rows were held out: nothing says how far what was learned carries.");
            } else if (end(train) - held.last() > 0.15) {
                add(
                        NOTE,
                        "Accuracy is %.2f on training batches but %.2f on held-out rows: part of it is learned by heart.",
                        end(train),
                        held.last());
            }
        }
        if (!held.isEmpty() && held.last() <= 0.52 && run.lastStep() > 0) {
            add(PROBLEM, "Accuracy on held-out rows is %.2f: no better than a coin.", held.last());
        } else if (!held.isEmpty() && run.lastStep() > 0) {
            add(EXPECTED, "Accuracy on held-out rows is %.2f at the last evaluation.", held.last());
        }
        int rows = run.gapsAfter().size();
        if (rows > 0 && rows < FEW_ROWS) {
            add(
                    NOTE,
                    "Only %d rows are held out: an accuracy of one half is uncertain by ± %.2f (95 %%).",
                    rows,
                    1.96 * Math.sqrt(0.25 / rows));
        }
    }

    private void beta() {
        Series beta = series(TRAIN + BETA);
        double beta0 = run.number("/alignment/objective/beta");
        double floor = beta0 * run.number("/alignment/calibration/minRatio");
        double ceiling = beta0 * run.number("/alignment/calibration/maxRatio");
        if (beta.isEmpty() || Double.isNaN(floor)) {
            return;
        }
        long atFloor =
                beta.values().stream().filter(b -> b <= floor * (1 + AT_BOUND)).count();
        long atCeiling = beta.values().stream()
                .filter(b -> b >= ceiling * (1 - AT_BOUND))
                .count();
        if (atCeiling > 0) {
            add(
                    NOTE,
                    "Beta is at its ceiling of %.4g in %d of %d logged steps: lower alignment.calibration.sensitivity.",
                    ceiling,
                    atCeiling,
                    beta.size());
        }
        if (atFloor == beta.size()) {
            add(
                    PROBLEM,
                    "Beta never leaves its floor of %.4g: the gap is far below its mean throughout, and the objective"
                            + " hardly weighs preferences.",
                    floor);
        } else if (atFloor > 0) {
            boolean last = beta.last() <= floor * (1 + AT_BOUND);
            int left = lastAtMost(beta, floor * (1 + AT_BOUND)) + 1;
            add(
                    NOTE,
                    last
                            ? "Beta is at its floor of %.4g in %d of %d logged steps, the last one among them."
                            : "Beta was at its floor of %.4g in %d of %d logged steps; it left it for good at step %.0f.",
                    floor,
                    atFloor,
                    beta.size(),
                    last ? 0 : beta.steps().get(left));
        } else {
            add(
                    EXPECTED,
                    "Beta stays within its bounds: %.4g to %.4g around %.4g.",
                    beta.values().stream().min(Double::compare).orElseThrow(),
                    beta.values().stream().max(Double::compare).orElseThrow(),
                    beta0);
        }
    }

    private void gradients() {
        Series norm = series(TRAIN + GRADIENT_NORM);
        if (norm.size() >= 2 * ENDS) {
            double median = median(norm.values());
            int largest = 0;
            for (int i = 1; i < norm.size(); i++) {
                largest = norm.values().get(i) > norm.values().get(largest) ? i : largest;
            }
            if (median > 0 && norm.values().get(largest) > 20 * median) {
                add(
                        NOTE,
                        "The gradient norm jumps to %.3g at step %.0f, %.0f times its median.",
                        norm.values().get(largest),
                        norm.steps().get(largest),
                        norm.values().get(largest) / median);
            }
        }
        Series skipped = series(TRAIN + SKIPPED_STEPS);
        if (!skipped.isEmpty() && skipped.last() > 0) {
            add(NOTE, "%.0f steps had nothing to learn and changed no weights.", skipped.last());
        }
    }

    private void speed() {
        Series speed = series(TOKENS_PER_SECOND);
        if (speed.size() >= 4 * ENDS) {
            int half = speed.size() / 2;
            double first = median(speed.values().subList(0, half));
            double second = median(speed.values().subList(half, speed.size()));
            if (second < 0.67 * first) {
                add(
                        NOTE,
                        "Throughput fell from %,.0f to %,.0f tokens/s (medians of the halves): is something else running?",
                        first,
                        second);
            }
        }
    }

    private void data() {
        var data = run.data();
        if (data == null) {
            return;
        }
        if (data.numDropped() > 0.05 * data.numRead()) {
            add(NOTE, "%d of %d rows were dropped; the table of the data says why.", data.numDropped(), data.numRead());
        }
        if (data.numPromptsCut() + data.numResponsesCut() > 0.2 * data.numKept()) {
            add(
                    NOTE,
                    "%d prompts and %d responses were cut: raise data.truncation.maxTokens if the model has room.",
                    data.numPromptsCut(),
                    data.numResponsesCut());
        }
    }

    private void rowsWorthALook() {
        var data = run.data();
        if (data == null) {
            return;
        }
        data.oddities()
                .forEach((oddity, count) -> add(NOTE, "%d of %d rows: %s.", count, data.numKept(), oddity.text()));
        int labelled = data.numDesirable() + data.numUndesirable();
        int fewer = Math.min(data.numDesirable(), data.numUndesirable());
        if (labelled > 0 && fewer < FEW_OF_A_CLASS * labelled) {
            add(
                    PROBLEM,
                    "%d answers are desirable and %d undesirable: %s says what tells them apart, so accuracy says little.",
                    data.numDesirable(),
                    data.numUndesirable(),
                    fewer == 0 ? "nothing" : "little");
        }
    }

    private void samples() {
        List<Sample> before = samples(Sample.BEFORE);
        List<Sample> after = samples(Sample.AFTER);
        if (before.isEmpty() || before.size() != after.size()) {
            return;
        }
        long same = after.stream()
                .filter(sample -> before.stream()
                        .anyMatch(other ->
                                other.id().equals(sample.id()) && other.answer().equals(sample.answer())))
                .count();
        if (same == after.size()) {
            add(NOTE, "All %d sample answers are the same as before.", same);
        }
        long empty = after.stream().filter(sample -> sample.answer().isBlank()).count();
        if (empty > 0) {
            add(PROBLEM, "%d of %d sample answers are empty.", empty, after.size());
        }
        double lengthBefore = meanLength(before);
        double lengthAfter = meanLength(after);
        if (lengthBefore > 0 && (lengthAfter > 1.5 * lengthBefore || lengthAfter < 0.67 * lengthBefore)) {
            add(
                    NOTE,
                    "Sample answers went from %.0f to %.0f characters on average: length itself may have been learned.",
                    lengthBefore,
                    lengthAfter);
        }
    }

    private List<Sample> samples(String when) {
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

    private Series series(String path) {
        return run.metrics().series(path);
    }

    private static double start(Series series) {
        return mean(series.values().subList(0, Math.min(ENDS, series.size())));
    }

    private static double end(Series series) {
        return mean(series.values().subList(Math.max(0, series.size() - ENDS), series.size()));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static int indexOfSmallest(Series series) {
        int best = 0;
        for (int i = 1; i < series.size(); i++) {
            best = series.values().get(i) < series.values().get(best) ? i : best;
        }
        return best;
    }

    private static int lastAtMost(Series series, double bound) {
        for (int i = series.size() - 1; i >= 0; i--) {
            if (series.values().get(i) <= bound) {
                return i;
            }
        }
        return -1;
    }
}
