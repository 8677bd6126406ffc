package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.betatron.core.RandomStreams;
import org.betatron.data.layout.RowRules;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.generation.PromptAnswerer;
import org.betatron.runs.reward.OpenRewardModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.ComputeDevice;
import org.jspecify.annotations.Nullable;

/// Opens two models that answer the prompts of rows, and who judges: each row becomes one for each
/// sample.
///
/// @param model   that is measured
/// @param against its opponent, or null for the chosen answers of the rows
/// @param judge   who says which answer is better
/// @param rules   how rows are read
/// @param spec    how answers are drawn
/// @param device  where models compute
/// @param threads of one operation; 0 for one per core
public record ContestOpener(
        ModelFiles model,
        @Nullable ModelFiles against,
        JudgeChoice judge,
        RowRules rules,
        GenerationSpec spec,
        ComputeDevice device,
        int threads)
        implements RowsOpener {

    @Override
    public List<ModelFiles> models() {
        List<ModelFiles> models = new ArrayList<>(List.of(model));
        if (against != null) {
            models.add(against);
        }
        if (judge instanceof JudgeChoice.Reward(ModelFiles reward)) {
            models.add(reward);
        }
        return models;
    }

    /// @return settings of the opponent's answers: with the draws of the model, two equal models
    ///     would
    ///     tie every time
    GenerationSpec opponentSpec() {
        return spec.withSeed(RandomStreams.stream(spec.seed(), "opponent", 0).nextLong());
    }

    @Override
    public RowsModel open() {
        List<AutoCloseable> opened = new ArrayList<>();
        ExecutorListener listener = new ExecutorListener();
        try {
            PromptAnswerer own = PromptAnswerer.open(model.path(), device, listener);
            opened.add(own);
            PromptAnswerer opponent = against == null ? null : PromptAnswerer.open(against.path(), device, listener);
            if (opponent != null) {
                opened.add(opponent);
            }
            ScoreJudge judging = switch (judge) {
                case JudgeChoice.World _ -> ScoreJudge.ofWorld();
                case JudgeChoice.Reward(ModelFiles reward) -> {
                    OpenRewardModel scorer = OpenRewardModel.open(
                            reward.path(),
                            path -> ModelOpening.toldTo(listener).reward(path, ComputeSpec.DEFAULT.on(device)));
                    opened.add(scorer);
                    yield new ScoreJudge("reward " + reward.given(), scorer, 0);
                }
            };
            return new OpenContest(this, own, opponent, judging, opened);
        } catch (RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    /// @param opened in the order in which they were opened
    static void closeAll(List<AutoCloseable> opened) {
        for (AutoCloseable one : opened.reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException("a model cannot be closed", e);
            }
        }
    }

    /// One contest at a time.
    private record OpenContest(
            ContestOpener settings,
            PromptAnswerer own,
            @Nullable PromptAnswerer opponent,
            ScoreJudge judge,
            List<AutoCloseable> opened)
            implements RowsModel {

        @Override
        public List<Row> rows(RowChunk chunk) {
            return new Contest(settings, own, opponent, judge, chunk).rows();
        }

        @Override
        public void close() {
            closeAll(opened);
        }
    }
}
