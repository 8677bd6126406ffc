package org.betatron.runs.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.betatron.core.RandomStreams;
import org.betatron.core.files.DirectoryLock;
import org.betatron.data.load.PromptReader;
import org.betatron.data.load.PromptRow;
import org.betatron.data.load.PromptSet;
import org.betatron.data.load.ReadingReport;
import org.betatron.data.row.PromptStyle;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.JudgedAnswer;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.JudgeException;
import org.betatron.evaluation.judge.JudgingPlan;
import org.betatron.evaluation.judge.Verdict;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.Realignment;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.betatron.runs.prompt.AskedPrompts;
import org.jspecify.annotations.Nullable;

/// Measures one model against another, or against the chosen answers of the data.
public final class EvaluationRun {

    private final EvaluationRequest request;
    private final RunListener listener;
    private final @Nullable Path written;
    private final ModelOpening models;
    private final List<PromptRow> rows = new ArrayList<>();
    private final List<int[]> promptIds = new ArrayList<>();
    private final List<int[]> opponentPromptIds = new ArrayList<>();

    private EvaluationRun(EvaluationRequest request, RunListener listener, @Nullable Path written) {
        this.written = written;
        this.request = request;
        this.listener = listener;
        this.models = ModelOpening.toldTo(listener);
    }

    /// @param listener hears what is going on
    /// @return a report per temperature, in order; what was judged before a judge gave up is in it
    /// @throws IllegalArgumentException if the judge cannot judge a prompt, no prompt is left, an
    ///     answer to compare with is missing, or another command writes into the same directory;
    ///     before anything is generated
    public static EvaluationResult run(EvaluationRequest request, RunListener listener) {
        return run(request, listener, request.out());
    }

    /// As [#run(EvaluationRequest, RunListener)], with answers kept where other measurements find
    /// them too.
    ///
    /// @param written directory of answers, or null to keep none
    static EvaluationResult run(EvaluationRequest request, RunListener listener, @Nullable Path written) {
        Path out = request.out();
        if (out == null) {
            return new EvaluationRun(request, listener, written).run();
        }
        try {
            DirectoryLock lock = DirectoryLock.of(EvaluationFiles.made(out));
            try {
                EvaluationFiles.requireOwn(out);
                return new EvaluationRun(request, listener, written).run();
            } finally {
                lock.remove();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + out, e);
        }
    }

    private EvaluationResult run() {
        Path against = request.against();
        Realignment realignment = request.realignment();
        if (realignment != null) {
            listener.heard(new RunEvent.Realigned(request.model(), realignment));
        }
        try (Contestant model = new Contestant(request.model(), realignment, request.device(), models)) {
            if (against == null) {
                ReadingReport read = readPrompts(model, null);
                return compare(read, model, chosenAnswers(model));
            }
            try (Contestant opponent = contestant(against)) {
                ReadingReport read = readPrompts(model, opponent);
                return compare(read, model, opponentAnswers(opponent));
            }
        }
    }

    private Contestant contestant(Path directory) {
        return new Contestant(directory, null, request.device(), models);
    }

    /// @return prompts as each of the models reads them
    private PromptSet read(List<Contestant> contestants) {
        PromptSet read = new PromptReader(
                        contestants.stream().map(Contestant::template).toList(),
                        PromptStyle.AS_WRITTEN,
                        request.rules())
                .read(request.files());
        listener.heard(new RunEvent.PromptsRead(read.report()));
        return read;
    }

    private ReadingReport readPrompts(Contestant model, @Nullable Contestant opponent) {
        PromptSet read = read(opponent == null ? List.of(model) : List.of(model, opponent));
        List<PromptRow> all = read.byTemplate().getFirst();
        List<PromptRow> others = read.byTemplate().getLast();
        int count = request.limit() == 0 ? all.size() : Math.min(request.limit(), all.size());
        AskedPrompts asked = new AskedPrompts();
        for (int i = 0; i < count; i++) {
            int[] ids = model.promptIds(all.get(i));
            int[] other = opponent == null ? ids : opponent.promptIds(others.get(i));
            if (!asked.admits(
                    all.get(i).id(),
                    model.problem(ids).or(() -> Optional.ofNullable(opponent).flatMap(its -> its.problem(other))))) {
                continue;
            }
            PromptRow row = all.get(i);
            if (opponent == null) {
                String chosen = row.chosen();
                if (chosen == null) {
                    throw new IllegalArgumentException("row " + row.id()
                            + " has no \"chosen\" answer to compare with; give the opponent with --against DIR");
                }
                row = row.withChosen(model.withoutEnd(chosen));
            }
            rows.add(row);
            promptIds.add(ids);
            opponentPromptIds.add(other);
        }
        asked.tell(RunEvent.PromptsLeftOut.to(listener));
        request.judge().check(plan(opponent == null));
        return read.report();
    }

    private JudgingPlan plan(boolean againstChosen) {
        List<String> chosen = againstChosen
                ? rows.stream().map(row -> String.valueOf(row.chosen())).toList()
                : List.of();
        int answersPerPrompt =
                specs().stream().mapToInt(GenerationSpec::samples).sum();
        return new JudgingPlan(
                rows.stream().map(PromptRow::prompt).toList(),
                chosen,
                rows.size() * answersPerPrompt,
                request.generation().maxNewTokens());
    }

    /// The opponent's answers at one temperature, by prompt and sample.
    ///
    /// @param texts  what is compared
    /// @param tokens their lengths
    private record OpponentAnswers(List<String> texts, List<Integer> tokens) {}

    private List<OpponentAnswers> chosenAnswers(Contestant model) {
        List<String> chosen = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        for (PromptRow row : rows) {
            String text = String.valueOf(row.chosen());
            chosen.add(text);
            tokens.add(model.answerIds(text).length);
        }
        return request.temperatures().stream()
                .map(temperature ->
                        repeated(chosen, tokens, request.at(temperature).samples()))
                .toList();
    }

    private static OpponentAnswers repeated(List<String> texts, List<Integer> tokens, int samples) {
        OpponentAnswers repeated = new OpponentAnswers(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < texts.size() * samples; i++) {
            repeated.texts().add(texts.get(i / samples));
            repeated.tokens().add(tokens.get(i / samples));
        }
        return repeated;
    }

    private List<OpponentAnswers> opponentAnswers(Contestant opponent) {
        listener.heard(new RunEvent.AnswersBegun(opponent.directory()));
        // Draws of its own: with those of the model, two equal models would tie every time.
        long seed =
                RandomStreams.stream(request.generation().seed(), "opponent", 0).nextLong();
        return opponent
                .answers(
                        opponentPromptIds,
                        specs().stream().map(spec -> spec.withSeed(seed)).toList(),
                        written())
                .stream()
                .map(answers -> new OpponentAnswers(
                        answers.stream().map(Answer::text).toList(),
                        answers.stream().map(answer -> answer.tokenIds().length).toList()))
                .toList();
    }

    private Optional<WrittenAnswers> written() {
        return Optional.ofNullable(written).map(EvaluationFiles::made).map(WrittenAnswers::new);
    }

    private List<GenerationSpec> specs() {
        return request.temperatures().stream().map(request::at).toList();
    }

    private EvaluationResult compare(ReadingReport read, Contestant model, List<OpponentAnswers> opponents) {
        listener.heard(new RunEvent.AnswersBegun(model.directory()));
        List<List<Answer>> answers = model.answers(promptIds, specs(), written());
        List<ComparisonReport> reports = new ArrayList<>();
        List<List<JudgedAnswer>> judged = new ArrayList<>();
        Set<String> reasons = new LinkedHashSet<>();
        Optional<JudgeException> gaveUp = Optional.empty();
        try (EvaluationFiles files = EvaluationFiles.open(request.out())) {
            for (int t = 0; t < answers.size(); t++) {
                double temperature = request.temperatures().get(t);
                List<Answer> own = answers.get(t);
                VerdictBook book = new VerdictBook(
                        temperature,
                        own,
                        comparisons(own, opponents.get(t)),
                        index -> rows.get(own.get(index).prompt()).id(),
                        files);
                gaveUp = gaveUp.or(() -> judge(book));
                book.close(
                        gaveUp.isPresent() ? "not asked: the judge was given up before" : "the judge gave no verdict");
                reasons.addAll(book.reasons());
                judged.add(judged(own, opponents.get(t), book.verdicts(), logRatios(model, own, specs().get(t))));
                reports.add(ComparisonReport.of(
                        temperature, judged.getLast(), request.generation().seed()));
            }
            if (gaveUp.isEmpty() && reports.stream().allMatch(report -> report.answers() == 0)) {
                gaveUp = Optional.of(new JudgeException("no comparison has a verdict: " + String.join("; ", reasons)));
            }
            EvaluationResult result = new EvaluationResult(
                    read, reports, judged, reasons, request.judge().account(), gaveUp);
            files.report(result, request);
            return result;
        }
    }

    private Optional<JudgeException> judge(VerdictBook book) {
        try {
            request.judge().judge(book.comparisons(), book);
            return Optional.empty();
        } catch (JudgeException e) {
            return Optional.of(e);
        }
    }

    private List<Comparison> comparisons(List<Answer> answers, OpponentAnswers opponent) {
        List<Comparison> comparisons = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            comparisons.add(new Comparison(
                    rows.get(answers.get(i).prompt()).prompt(),
                    answers.get(i).text(),
                    opponent.texts().get(i)));
        }
        return comparisons;
    }

    private List<JudgedAnswer> judged(
            List<Answer> answers, OpponentAnswers opponent, List<Optional<Verdict>> verdicts, double[] logRatios) {
        List<JudgedAnswer> judged = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            judged.add(new JudgedAnswer(
                    question(answers.get(i).prompt()),
                    verdicts.get(i).orElse(null),
                    answers.get(i).tokenIds().length,
                    opponent.tokens().get(i),
                    logRatios.length == 0 ? Double.NaN : logRatios[i]));
        }
        return judged;
    }

    /// Rows may ask the same, and answers to the same question are not independent, whichever rows
    /// they are of.
    ///
    /// @return number of the first row with the same prompt
    private int question(int row) {
        int first = 0;
        while (!Arrays.equals(promptIds.get(first), promptIds.get(row))) {
            first++;
        }
        return first;
    }

    /// The divergence of a mixture from its own reference is summed over the vocabulary at every
    /// token.
    ///
    /// @return log-ratio of each answer, or none where it would estimate nothing
    private double[] logRatios(Contestant model, List<Answer> answers, GenerationSpec spec) {
        Path directory = request.reference();
        if (directory == null || !spec.sampling().isUnchanged()) {
            return new double[0];
        }
        listener.heard(new RunEvent.DivergenceBegun(directory));
        Realignment realignment = request.realignment();
        if (realignment != null && realignment.reference().equals(directory)) {
            return model.divergences(realignment, promptIds, answers);
        }
        try (Contestant reference = contestant(directory)) {
            return model.logRatios(reference, promptIds, answers);
        }
    }
}
