package org.betatron.runs.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.model.AdapterSpec;
import org.betatron.data.layout.AnswerFormat;
import org.betatron.data.layout.ExpectedAnswer;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.model.ModelSize;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.prompt.TrainingPrompts;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.PromptedRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.runs.recipe.Resolved;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.runs.recipe.SftRecipe;
import org.betatron.torch.compute.BaseFormat;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.device.Processor;
import org.betatron.torch.plan.ProductRate;
import org.betatron.torch.plan.TrainedShape;
import org.betatron.torch.tensor.DataType;
import org.betatron.training.TrainSpec;
import org.betatron.training.run.ProcessMemory;

/// Says what a run will take, from its recipe, the model's configuration and the lengths of rows:
/// no
/// weight is read.
public final class Planner {

    /// Share of the speed of a product that a whole step keeps: 0.55 to 0.7 were measured.
    private static final double EFFICIENCY = 0.6;

    /// Forward passes that a step's operations are counted as: one forth, two back.
    private static final double PASSES = 3;

    private final Recipe recipe;
    private final ModelSource source;
    private final List<? extends TokenizedRow> rows;
    private final boolean measures;

    private Planner(Recipe recipe, ModelSource source, List<? extends TokenizedRow> rows, boolean measures) {
        this.recipe = recipe;
        this.source = source;
        this.rows = rows;
        this.measures = measures;
    }

    /// Reads the rows of a recipe and plans its run.
    ///
    /// @throws org.betatron.runs.recipe.RecipeException if settings do not go together
    public static RunPlan plan(Resolved<? extends Recipe> resolved) {
        RecipeChecks.check("recipe", resolved, false);
        Recipe recipe = resolved.pinned().recipe();
        ModelSource source = new ModelSource(Path.of(recipe.model()));
        NativeLibraries.load();
        ComputeThreads.use(recipe.compute().threads());
        try (HuggingFaceTokenizer tokenizer = source.openTokenizer()) {
            List<? extends TokenizedRow> all = recipe instanceof PromptedRecipe prompted
                    ? prompts(prompted, source, tokenizer)
                    : read(recipe, source.loader(tokenizer, recipe.data()));
            boolean measures =
                    !recipe.data().evaluation().isEmpty() || recipe.data().numHeldOut(all.size()) > 0;
            int training = recipe.data().evaluation().isEmpty()
                    ? all.size() - recipe.data().numHeldOut(all.size())
                    : all.size();
            return new Planner(recipe, source, all.subList(0, Math.max(0, training)), measures).plan();
        }
    }

    /// Plans a run whose rows were read.
    ///
    /// @param rows     of the training set
    /// @param measures whether there are rows to measure on
    public static RunPlan plan(Recipe recipe, ModelSource source, List<? extends TokenizedRow> rows, boolean measures) {
        return new Planner(recipe, source, rows, measures).plan();
    }

    private static List<? extends TokenizedRow> read(Recipe recipe, DataSetLoader loader) {
        List<Path> paths = recipe.data().paths();
        return switch (recipe) {
            case AlignRecipe align
            when align.rows().isAnswers(align.alignment().create().objective().rows()) ->
                loader.answers(paths, AnswerFormat.AUTO).rows();
            case AlignRecipe align -> loader.pairs(paths, align.data().format()).rows();
            case RewardRecipe reward ->
                loader.pairs(paths, reward.data().format()).rows();
            case SftRecipe sft -> loader.texts(paths, sft.data().format()).rows();
            case PromptedRecipe _ -> throw new IllegalStateException("prompts are read elsewhere");
        };
    }

    /// Answers are planned as long as they may be.
    private static List<TokenizedText> prompts(
            PromptedRecipe recipe, ModelSource source, HuggingFaceTokenizer tokenizer) {
        return new TrainingPrompts.Reader(
                        source,
                        tokenizer,
                        recipe.data().rules(),
                        ExpectedAnswer.Reading.NOT_READ,
                        recipe.readsAnswers(),
                        recipe.rollout().maxNewTokens())
                .read(recipe.data().paths(), _ -> {}, (_, _, _) -> {})
                .texts();
    }

    private RunPlan plan() {
        ComputeSpec compute = recipe.compute().model();
        TrainedShape shape = shape(recipe.adapter(), compute);
        TrainSpec train = recipe.train();
        BatchSizes sizes = sizes(shape);
        List<MemoryPart> memory = memory(shape, sizes);
        long numSteps = train.totalSteps(rows.size());
        double rate = ProductRate.measure(
                shape.spec().hiddenSize(), 4L * shape.spec().hiddenSize(), shape.precision(), compute.device());
        RunPlan plan = new RunPlan(
                new ModelSize(shape.parameters(), shape.trainable()),
                memory,
                ProcessMemory.ofMachine(),
                tokens(shape),
                Math.round(sizes.tokens()),
                numSteps,
                operations(shape, sizes) / (EFFICIENCY * rate),
                disk(shape, numSteps),
                List.of());
        return plan.fits()
                ? plan
                : new RunPlan(
                        plan.size(),
                        memory,
                        plan.machineBytes(),
                        plan.tokensAtOnce(),
                        plan.tokensOfBatch(),
                        numSteps,
                        plan.stepSeconds(),
                        plan.diskBytes(),
                        advice(shape));
    }

    private TrainedShape shape(AdapterSpec adapter, ComputeSpec compute) {
        return source.trained(recipe, adapter, compute.possible(Processor.here()));
    }

    private int tokens(TrainedShape shape) {
        int given = recipe.train().microBatchTokens();
        return given > 0 ? given : shape.tokensAtOnce();
    }

    private BatchSizes sizes(TrainedShape shape) {
        return BatchSizes.of(rows, recipe.train().batchSize(), recipe.train().packing(tokens(shape)));
    }

    private List<MemoryPart> memory(TrainedShape shape, BatchSizes sizes) {
        return new MemoryEstimate(
                        shape,
                        recipe.optimizer(),
                        sizes,
                        isTogether(shape, sizes),
                        tokens(shape),
                        new OtherModels(recipe, shape, isBesideReference()).parts(),
                        recipe instanceof PromptedRecipe || (measures && recipe instanceof AlignRecipe))
                .parts();
    }

    private boolean decidesAboutBatches() {
        return recipe instanceof AlignRecipe align
                && !align.alignment().create().decidesRowByRow();
    }

    private boolean isTogether(TrainedShape shape, BatchSizes sizes) {
        return decidesAboutBatches()
                && sizes.mostTokens() * shape.graphBytes() <= recipe.train().graphMemory() * ProcessMemory.ofMachine();
    }

    /// Beside an adapter, the reference is the same weights without it.
    private boolean isBesideReference() {
        if (recipe.adapter() instanceof AdapterSpec.Lora) {
            return false;
        }
        return switch (recipe) {
            case AlignRecipe align -> {
                Alignment alignment = align.alignment().create();
                yield alignment.inputs().needsReference() && align.reference().isLive(alignment);
            }
            case PromptedRecipe prompted -> prompted.needsReference();
            case RewardRecipe _, SftRecipe _ -> false;
        };
    }

    private double operations(TrainedShape shape, BatchSizes sizes) {
        double once = sizes.tokens() * (shape.layerOperations() + shape.attentionOperations(sizes.context()))
                + sizes.asked() * shape.headOperations();
        double more = (decidesAboutBatches() && !isTogether(shape, sizes) ? 1 : 0) + (isBesideReference() ? 1 : 0);
        return once * (1 + more / PASSES);
    }

    private long disk(TrainedShape shape, long numSteps) {
        long trained = shape.isAdapted() ? shape.trainable() : shape.parameters();
        TrainSpec train = recipe.train();
        long checkpoints = train.checkpointEvery() == 0
                ? 0
                : Math.min(train.keepCheckpoints(), numSteps / train.checkpointEvery());
        long checkpoint = trained * Float.BYTES
                + 2L * shape.trainable() * shape.compute().moments().bytes();
        return checkpoints * checkpoint + trained * recipe.compute().saveAs().bytes();
    }

    /// @return settings that take less, each by itself, and how much it would then be
    private List<String> advice(TrainedShape shape) {
        ComputeSpec compute = recipe.compute().model();
        List<String> advice = new ArrayList<>();
        AdapterSpec adapter = recipe.adapter();
        if (!shape.isAdapted()) {
            add(advice, "--adapter lora", AdapterSpec.Lora.DEFAULT, compute);
            add(
                    advice,
                    "--adapter lora --set compute.base=nf4",
                    AdapterSpec.Lora.DEFAULT,
                    compute.withBase(BaseFormat.NF4));
        } else if (compute.base() == BaseFormat.WEIGHTS) {
            add(advice, "--set compute.base=int8", adapter, compute.withBase(BaseFormat.INT8));
            add(advice, "--set compute.base=nf4", adapter, compute.withBase(BaseFormat.NF4));
        }
        if (shape.compute().recompute() != Recompute.FULL) {
            add(advice, "--set compute.recompute=full", adapter, compute.withRecompute(Recompute.FULL));
        }
        if (compute.weights() == DataType.FP32) {
            add(advice, "--set compute.weights=bf16", adapter, compute.withWeights(DataType.BF16));
        }
        return advice;
    }

    private void add(List<String> advice, String options, AdapterSpec adapter, ComputeSpec compute) {
        TrainedShape shape = shape(adapter, compute);
        long bytes = memory(shape, sizes(shape)).stream()
                .mapToLong(MemoryPart::bytes)
                .sum();
        advice.add(options + ": " + Bytes.gigabytes(bytes));
    }
}
