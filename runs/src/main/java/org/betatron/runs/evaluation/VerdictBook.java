package org.betatron.runs.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.Verdict;
import org.betatron.evaluation.judge.VerdictListener;
import org.betatron.generation.Answer;

/// The verdicts on the answers at one temperature, written down as they come.
final class VerdictBook implements VerdictListener {

    private final double temperature;
    private final List<Answer> answers;
    private final List<Comparison> comparisons;
    private final IntFunction<String> ids;
    private final EvaluationFiles files;
    private final List<Optional<Verdict>> verdicts;
    private final boolean[] written;
    private final Set<String> reasons = new LinkedHashSet<>();

    /// @param answers     of the model that is measured
    /// @param comparisons of each answer with its opponent's
    /// @param ids         name of the row that an answer belongs to
    /// @param files       where verdicts go
    VerdictBook(
            double temperature,
            List<Answer> answers,
            List<Comparison> comparisons,
            IntFunction<String> ids,
            EvaluationFiles files) {
        this.temperature = temperature;
        this.answers = answers;
        this.comparisons = comparisons;
        this.ids = ids;
        this.files = files;
        verdicts = new ArrayList<>(Collections.nCopies(answers.size(), Optional.empty()));
        written = new boolean[answers.size()];
    }

    @Override
    public void judged(int index, Verdict verdict) {
        verdicts.set(index, Optional.of(verdict));
        written[index] = true;
        files.answer(
                EvaluationFiles.line(temperature, ids.apply(index), answers.get(index), comparisons.get(index)),
                verdict);
    }

    @Override
    public void undecided(int index, String why, List<String> replies) {
        reasons.add(why);
        written[index] = true;
        files.undecided(
                EvaluationFiles.line(temperature, ids.apply(index), answers.get(index), comparisons.get(index)),
                why,
                replies);
    }

    /// Writes down the answers that the judge said nothing about.
    ///
    /// @param why it did not
    void close(String why) {
        for (int i = 0; i < written.length; i++) {
            if (!written[i]) {
                undecided(i, why, List.of());
            }
        }
    }

    List<Comparison> comparisons() {
        return comparisons;
    }

    /// @return of each comparison, where there is one
    List<Optional<Verdict>> verdicts() {
        return verdicts;
    }

    /// @return why comparisons have none, each reason once
    Set<String> reasons() {
        return reasons;
    }
}
