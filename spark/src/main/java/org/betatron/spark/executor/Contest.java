package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.betatron.data.DataException;
import org.betatron.data.load.PromptReader;
import org.betatron.data.load.PromptRow;
import org.betatron.data.load.PromptSet;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.PromptStyle;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.evaluation.judge.Verdict;
import org.betatron.evaluation.judge.VerdictListener;
import org.betatron.generation.Answer;
import org.betatron.runs.generation.PromptAnswerer;
import org.jspecify.annotations.Nullable;

/// Answers of two models to the prompts of some rows, and which are better.
final class Contest {

    /// Values that rows get: prompt, sample, answer, tokens, opponent, its tokens, outcome, both
    /// scores, and
    /// why there is no outcome.
    private static final int SIZE = 10;

    private final ContestOpener settings;
    private final PromptAnswerer own;
    private final @Nullable PromptAnswerer opponent;
    private final ScoreJudge judge;
    private final RowChunk chunk;
    private final List<List<Row>> made = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final List<PromptRow> asked = new ArrayList<>();
    private final List<int[]> prompts = new ArrayList<>();
    private final List<int[]> opponentPrompts = new ArrayList<>();

    Contest(
            ContestOpener settings,
            PromptAnswerer own,
            @Nullable PromptAnswerer opponent,
            ScoreJudge judge,
            RowChunk chunk) {
        this.settings = settings;
        this.own = own;
        this.opponent = opponent;
        this.judge = judge;
        this.chunk = chunk;
        chunk.rows().forEach(_ -> made.add(new ArrayList<>()));
    }

    /// What is compared with an answer.
    private record Other(String text, int tokens) {}

    List<Row> rows() {
        read();
        if (!prompts.isEmpty()) {
            List<Answer> answers = own.answers(prompts, settings.spec(), settings.threads());
            judge(answers, others(answers));
        }
        return made.stream().flatMap(List::stream).toList();
    }

    private void read() {
        PromptSet read = new PromptReader(
                        Stream.of(own, opponent == null ? own : opponent)
                                .map(PromptAnswerer::template)
                                .toList(),
                        PromptStyle.AS_WRITTEN,
                        settings.rules())
                .read(chunk.source());
        for (DroppedRow dropped : read.dropped()) {
            leaveOut(chunk.number(dropped.place()), dropped.why());
        }
        for (int i = 0; i < read.places().size(); i++) {
            int number = chunk.number(read.places().get(i));
            if (number >= 0) {
                ask(number, read.of(0).get(i), read.of(1).get(i));
            }
        }
    }

    private void ask(int number, PromptRow row, PromptRow opponentRow) {
        int[] ids = own.tokens().prompt(row.prompt());
        int[] opponentIds = opponent == null ? ids : opponent.tokens().prompt(opponentRow.prompt());
        Optional<String> problem =
                own.problem(ids).or(() -> Optional.ofNullable(opponent).flatMap(its -> its.problem(opponentIds)));
        if (problem.isPresent()) {
            leaveOut(number, PromptProblem.text(problem.get()));
            return;
        }
        String chosen = row.chosen();
        if (opponent == null) {
            if (chosen == null) {
                throw new DataException("row " + row.id()
                        + " has no \"chosen\" answer to compare with; give the opponent with --against DIR");
            }
            row = row.withChosen(own.tokens().withoutEnd(chosen));
        }
        numbers.add(number);
        asked.add(row);
        prompts.add(ids);
        opponentPrompts.add(opponentIds);
    }

    private void leaveOut(int number, String why) {
        made.get(number).add(chunk.without(number, SIZE, why));
    }

    private List<Other> others(List<Answer> answers) {
        if (opponent != null) {
            return opponent.answers(opponentPrompts, settings.opponentSpec(), settings.threads()).stream()
                    .map(answer -> new Other(answer.text(), answer.tokenIds().length))
                    .toList();
        }
        List<Other> chosen = asked.stream()
                .map(row -> String.valueOf(row.chosen()))
                .map(text -> new Other(text, own.tokens().ended(text).length))
                .toList();
        return answers.stream().map(answer -> chosen.get(answer.prompt())).toList();
    }

    private void judge(List<Answer> answers, List<Other> others) {
        List<Comparison> comparisons = IntStream.range(0, answers.size())
                .mapToObj(i -> new Comparison(
                        asked.get(answers.get(i).prompt()).prompt(),
                        answers.get(i).text(),
                        others.get(i).text()))
                .toList();
        comparisons.stream().map(Comparison::prompt).distinct().forEach(judge.scorer()::check);
        judge.judge(comparisons, new VerdictListener() {
            @Override
            public void judged(int index, Verdict verdict) {
                add(
                        answers.get(index),
                        others.get(index),
                        verdict.outcome().name().toLowerCase(Locale.ROOT),
                        verdict.score(),
                        verdict.opponentScore(),
                        null);
            }

            @Override
            public void undecided(int index, String why, List<String> replies) {
                add(answers.get(index), others.get(index), null, null, null, why);
            }
        });
    }

    private void add(
            Answer answer,
            Other other,
            @Nullable String outcome,
            @Nullable Double score,
            @Nullable Double opponentScore,
            @Nullable String why) {
        int number = numbers.get(answer.prompt());
        made.get(number)
                .add(chunk.with(
                        number,
                        asked.get(answer.prompt()).prompt(),
                        answer.sample(),
                        answer.text(),
                        answer.tokenIds().length,
                        other.text(),
                        other.tokens(),
                        outcome,
                        score,
                        opponentScore,
                        why));
    }
}
