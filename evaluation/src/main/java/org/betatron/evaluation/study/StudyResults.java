package org.betatron.evaluation.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.study.Cell.AnswersAt;
import org.betatron.evaluation.study.Cell.ScoredAnswer;
import org.betatron.evaluation.study.ClusteredBootstrap.Value;
import org.betatron.evaluation.study.Study.Point;

/// What was measured in a study, and the numbers that are said about it.
///
/// @param study  what was compared
/// @param cells  of each arm, the same seeds in the same order
public record StudyResults(Study study, Map<Arm, List<Cell>> cells) {

    /// Probability that an interval misses.
    static final double ERROR = 0.05;

    /// What is concluded from a contest.
    enum Conclusion {
        HOLDS("holds"),
        HOLDS_UNCORRECTED("holds for this comparison alone, not corrected for their number"),
        WITHIN("within the interval"),
        REVERSED_UNCORRECTED("the other way round, for this comparison alone, not corrected for their number"),
        REVERSED("the other way round");

        private final String words;

        Conclusion(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /// How a contest came out.
    ///
    /// @param contest    what was expected
    /// @param difference of the win rates, better minus worse, answers to the same questions paired
    /// @param conclusion what that means
    record ContestResult(Claim.Contest contest, Estimate difference, Conclusion conclusion) {}

    public StudyResults {
        cells = Map.copyOf(cells);
        for (Arm arm : study.arms()) {
            if (!cells.containsKey(arm)) {
                throw new IllegalArgumentException("arm " + arm.line() + " " + arm.x() + " was not measured");
            }
        }
    }

    List<Long> seeds() {
        return of(study.arms().getFirst()).stream().map(Cell::seed).toList();
    }

    List<Cell> of(Arm arm) {
        List<Cell> found = cells.get(arm);
        if (found == null) {
            throw new IllegalArgumentException("no such arm: " + arm);
        }
        return found;
    }

    List<Point> points() {
        return study.points(of(study.arms().getFirst()).getFirst().answers().stream()
                .map(AnswersAt::temperature)
                .toList());
    }

    Estimate winRate(Arm arm, double temperature) {
        return mean(arm, temperature, ScoredAnswer::win);
    }

    Estimate reward(Arm arm, double temperature) {
        return mean(arm, temperature, ScoredAnswer::reward);
    }

    private Estimate mean(Arm arm, double temperature, ToDoubleFunction<ScoredAnswer> value) {
        return new ClusteredBootstrap(of(arm).stream()
                        .map(cell -> cell.at(temperature).answers().stream()
                                .map(answer -> new Value(answer.question(), value.applyAsDouble(answer)))
                                .toList())
                        .toList())
                .estimate(ERROR);
    }

    /// @return how every contest of a claim came out
    List<ContestResult> resultsOf(Claim claim) {
        int comparisons =
                study.claims().stream().mapToInt(each -> each.contests().size()).sum();
        return claim.contests().stream()
                .map(contest -> resultOf(contest, comparisons))
                .toList();
    }

    private ContestResult resultOf(Claim.Contest contest, int comparisons) {
        Point better = point(contest.better());
        Point worse = point(contest.worse());
        List<List<Value>> differences = new ArrayList<>();
        for (int seed = 0; seed < seeds().size(); seed++) {
            List<ScoredAnswer> a =
                    of(better.arm()).get(seed).at(better.temperature()).answers();
            List<ScoredAnswer> b =
                    of(worse.arm()).get(seed).at(worse.temperature()).answers();
            List<Value> paired = new ArrayList<>();
            for (int i = 0; i < a.size(); i++) {
                paired.add(
                        new Value(a.get(i).question(), a.get(i).win() - b.get(i).win()));
            }
            differences.add(paired);
        }
        ClusteredBootstrap bootstrap = new ClusteredBootstrap(differences);
        Estimate alone = bootstrap.estimate(ERROR);
        // Bonferroni: with k comparisons, the probability that any of the intervals misses is at most ERROR.
        return new ContestResult(contest, alone, conclusion(alone, bootstrap.estimate(ERROR / comparisons)));
    }

    static Conclusion conclusion(Estimate alone, Estimate corrected) {
        if (alone.low() > 0) {
            return corrected.low() > 0 ? Conclusion.HOLDS : Conclusion.HOLDS_UNCORRECTED;
        }
        if (alone.high() < 0) {
            return corrected.high() < 0 ? Conclusion.REVERSED : Conclusion.REVERSED_UNCORRECTED;
        }
        return Conclusion.WITHIN;
    }

    private Point point(Place place) {
        return points().stream()
                .filter(point -> point.place().equals(place))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("study " + study.name() + " has nothing at " + place.name(study)));
    }
}
