package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.betatron.data.layout.RowRules;
import org.betatron.data.load.PromptReader;
import org.betatron.data.load.PromptRow;
import org.betatron.data.load.PromptSet;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.PromptStyle;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerEnd;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.generation.PromptAnswerer;
import org.betatron.torch.device.ComputeDevice;

/// Opens a model that answers the prompts of rows: each row becomes one for each sample.
///
/// @param model   that answers
/// @param rules   how rows are read
/// @param spec    how answers are drawn
/// @param device  where the model computes
/// @param threads of one operation; 0 for one per core
public record AnswerOpener(ModelFiles model, RowRules rules, GenerationSpec spec, ComputeDevice device, int threads)
        implements RowsOpener {

    /// Values that rows get: prompt, sample, completion, tokens, end, and why there are none.
    private static final int SIZE = 6;

    @Override
    public List<ModelFiles> models() {
        return List.of(model);
    }

    @Override
    public RowsModel open() {
        return new Answering(this, PromptAnswerer.open(model.path(), device, new ExecutorListener()));
    }

    /// @return how an answer ended, in words
    static String name(AnswerEnd end) {
        return end.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private record Answering(AnswerOpener settings, PromptAnswerer answerer) implements RowsModel {

        @Override
        public List<Row> rows(RowChunk chunk) {
            PromptSet read = new PromptReader(List.of(answerer.template()), PromptStyle.AS_WRITTEN, settings.rules())
                    .read(chunk.source());
            List<List<Row>> made = new ArrayList<>();
            chunk.rows().forEach(_ -> made.add(new ArrayList<>()));
            for (DroppedRow dropped : read.dropped()) {
                int number = chunk.number(dropped.place());
                made.get(number).add(chunk.without(number, SIZE, dropped.why()));
            }
            List<int[]> prompts = new ArrayList<>();
            List<Integer> numbers = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < read.places().size(); i++) {
                int number = chunk.number(read.places().get(i));
                if (number < 0) {
                    continue;
                }
                PromptRow row = read.of(0).get(i);
                int[] ids = answerer.tokens().prompt(row.prompt());
                Optional<String> problem = answerer.problem(ids);
                if (problem.isPresent()) {
                    made.get(number).add(chunk.without(number, SIZE, PromptProblem.text(problem.get())));
                } else {
                    prompts.add(ids);
                    numbers.add(number);
                    texts.add(row.prompt());
                }
            }
            if (!prompts.isEmpty()) {
                for (Answer answer : answerer.answers(prompts, settings.spec(), settings.threads())) {
                    int number = numbers.get(answer.prompt());
                    made.get(number)
                            .add(chunk.with(
                                    number,
                                    texts.get(answer.prompt()),
                                    answer.sample(),
                                    answer.text(),
                                    answer.tokenIds().length,
                                    name(answer.end()),
                                    null));
                }
            }
            return made.stream().flatMap(List::stream).toList();
        }

        @Override
        public void close() {
            answerer.close();
        }
    }
}
