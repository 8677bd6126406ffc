package org.betatron.training;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.PackedRows;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.ScoredRows;
import org.betatron.data.packing.SharedBatch;

/// The way of one optimizer batch through the model, forth and back, with a decision in between.
/// All ways leave the same gradient.
///
/// | way | when | forward passes | kept for backward at once |
/// |---|---|---|---|
/// | [#ONE_BY_ONE] | rows are decided apart from each other | one | a micro-batch |
/// | [#TOGETHER] | a decision about the whole batch, and its graphs fit | one | the batch |
/// | [#TWICE] | a decision about the whole batch, and they do not | two, the second of rows that teach | a micro-batch
/// |
enum BatchPass {
    ONE_BY_ONE {
        @Override
        <S> Lesson<S> run(DifferentiableModel model, SharedBatch batch, Decider<?, ?, S> decider) {
            List<ScoredRows> parts = new ArrayList<>();
            for (PackedRows part : batch.own().parts()) {
                try (ForwardPass pass = model.forward(part.batch())) {
                    ScoredRows scored = new ScoredRows(part, pass.numbers());
                    backward(
                            pass,
                            part,
                            decider.lesson(batch.own().alone(scored)),
                            row -> row,
                            isLast(part, batch.own()));
                    parts.add(scored);
                }
            }
            return decider.lesson(batch.gather(parts));
        }
    },
    TOGETHER {
        @Override
        <S> Lesson<S> run(DifferentiableModel model, SharedBatch batch, Decider<?, ?, S> decider) {
            List<ForwardPass> open = new ArrayList<>();
            try {
                List<ScoredRows> scored = new ArrayList<>();
                for (PackedRows part : batch.own().parts()) {
                    open.add(model.forward(part.batch()));
                    scored.add(new ScoredRows(part, open.getLast().numbers()));
                }
                Lesson<S> lesson = decider.lesson(batch.gather(scored));
                for (PackedRows part : batch.own().parts()) {
                    try (ForwardPass pass = open.removeFirst()) {
                        backward(pass, part, lesson, row -> batch.index(part.index(row)), isLast(part, batch.own()));
                    }
                }
                return lesson;
            } finally {
                open.forEach(ForwardPass::close);
            }
        }
    },
    TWICE {
        @Override
        <S> Lesson<S> run(DifferentiableModel model, SharedBatch batch, Decider<?, ?, S> decider) {
            Lesson<S> lesson = decider.lesson(batch.score(model));
            int[] taught = IntStream.range(0, batch.own().size())
                    .filter(index -> lesson.teaches(batch.index(index)))
                    .toArray();
            RowBatch teaching = batch.own().only(taught);
            for (PackedRows part : teaching.parts()) {
                try (ForwardPass pass = model.forward(part.batch())) {
                    backward(pass, part, lesson, row -> batch.index(taught[part.index(row)]), isLast(part, teaching));
                }
            }
            return lesson;
        }
    };

    /// Chooses the way from what is known before any model has seen the batch. It looks at nothing
    /// but its arguments: who shares a batch with others agrees on these and chooses alike.
    ///
    /// @param graphBytes what the model would keep of the batch for its backward pass
    /// @param limit      what it may keep, bytes
    static BatchPass of(boolean decidesRowByRow, long graphBytes, double limit) {
        if (decidesRowByRow) {
            return ONE_BY_ONE;
        }
        return graphBytes <= limit ? TOGETHER : TWICE;
    }

    /// Adds the gradient of the decided loss by this rank's rows to that of the model.
    ///
    /// @param batch rows of one step
    /// @return the decision about all of them, the same on every rank
    abstract <S> Lesson<S> run(DifferentiableModel model, SharedBatch batch, Decider<?, ?, S> decider);

    /// @param part   the rows of the pass
    /// @param places by row of the part its index in the lesson
    /// @param isLast whether no other part follows
    private static void backward(
            ForwardPass pass, PackedRows part, Lesson<?> lesson, IntUnaryOperator places, boolean isLast) {
        int[] decided = IntStream.range(0, part.size()).map(places).toArray();
        if (IntStream.of(decided).noneMatch(lesson::teaches)) {
            return;
        }
        Map<TokenQuantity, float[]> derivatives = new EnumMap<>(TokenQuantity.class);
        for (TokenQuantity quantity : lesson.quantities(decided)) {
            derivatives.put(quantity, part.addUp(row -> lesson.derivatives(quantity, decided[row])));
        }
        if (isLast) {
            pass.finish(derivatives);
        } else {
            pass.backward(derivatives);
        }
    }

    private static boolean isLast(PackedRows part, RowBatch batch) {
        return part == batch.parts().getLast();
    }
}
