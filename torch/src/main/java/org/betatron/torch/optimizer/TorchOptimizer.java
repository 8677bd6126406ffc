package org.betatron.torch.optimizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.betatron.core.files.StagedFiles;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.error.NativeErrors;
import org.betatron.torch.files.FileTensor;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.files.SafetensorsWriter;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.rank.TensorRanks;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// What optimizers share: the gradient norm, clipping, clearing, and moments on disk.
///
/// Sees of a model what trains, and nothing else. Where there are several ranks, this one has
/// moments of its shards and updates these ([WeightShards]). Borrows the weights, owns the moments.
/// One thread at a time.
public final class TorchOptimizer implements Optimizer {

    private static final String STEP = "step";

    private final Parameters weights;
    private final UpdateRule rule;
    private final Map<String, WeightMoments> moments = new LinkedHashMap<>();
    private final TensorRanks ranks;
    private final @Nullable WeightShards shards; // null: all weights are updated here
    private long step;

    private final @Nullable RandomRounding rounding; // of weights and moments that are not float32

    private TorchOptimizer(Parameters weights, UpdateRule rule, DataType type, TensorRanks ranks) {
        this.weights = weights;
        this.rule = rule;
        this.ranks = ranks;
        shards = ranks.areSeveral() ? new WeightShards(weights.trainable(), ranks) : null;
        if (shards != null) {
            weights.whenGradientsAreFinal(shards::ready);
        }
        boolean rounds = type != DataType.FP32
                || weights.trainable().values().stream().anyMatch(weight -> Tensors.typeOf(weight) != ScalarType.Float);
        rounding = rounds
                ? RandomRounding.of(
                        WeightMoments.PIECE,
                        weights.trainable().values().iterator().next())
                : null;
        Memory.run(() -> weights.trainable()
                .forEach((name, weight) -> moments.put(
                        name,
                        new WeightMoments(
                                name,
                                own(name, weight),
                                rule.momentNames().size(),
                                type,
                                // Gradients of several ranks are whole matrices.
                                shards == null && rule.restsWithoutGradient()))));
    }

    /// @param spec    which optimizer
    /// @param weights what it updates, borrowed
    /// @return the optimizer with moments at zero
    public static TorchOptimizer create(OptimizerSpec spec, Parameters weights) {
        return create(spec, weights, DataType.FP32, TensorRanks.ALONE);
    }

    /// As [#create(OptimizerSpec, Parameters)].
    ///
    /// @param moments number format that moments are kept in between steps
    public static TorchOptimizer create(OptimizerSpec spec, Parameters weights, DataType moments) {
        return create(spec, weights, moments, TensorRanks.ALONE);
    }

    /// As [#create(OptimizerSpec, Parameters, DataType)].
    ///
    /// @param ranks who update the weights together, each a part of them
    public static TorchOptimizer create(OptimizerSpec spec, Parameters weights, DataType moments, TensorRanks ranks) {
        return new TorchOptimizer(
                weights,
                switch (spec) {
                    case OptimizerSpec.AdamW adamW -> new AdamWRule(adamW);
                    case OptimizerSpec.RmsProp rmsProp -> new RmsPropRule(rmsProp);
                },
                moments,
                ranks);
    }

    /// @return what this rank updates of a weight or of a tensor of its shape: a view, or itself
    private Tensor own(String name, Tensor weight) {
        return shards == null ? weight : shards.own(name, weight.detach());
    }

    /// @return the moments of all weights; lent
    public List<Tensor> moments() {
        return moments.values().stream()
                .flatMap(state -> state.tensors().stream())
                .toList();
    }

    @Override
    public void changeGradients(Consumer<float[]> change) {
        weights.requireUsable();
        for (Tensor weight : weights.trainable().values()) {
            Memory.run(() -> Memory.runWithoutGradient(() -> {
                Tensor gradient = Gradients.dense(weight);
                float[] lent = Tensors.toFloats(gradient);
                change.accept(lent);
                gradient.copy_(Tensors.floats(lent, weight).view(gradient.sizes()));
            }));
        }
    }

    @Override
    public double gradientNorm() {
        return NativeErrors.translate(
                () -> "measuring the gradient",
                () -> Memory.compute(() -> Memory.withoutGradient(() -> {
                    if (shards != null) {
                        ranks.gather(0); // who is late is waited for here, and what follows is the exchange
                        shards.reduce();
                    }
                    double squares = 0;
                    for (Map.Entry<String, Tensor> entry : weights.trainable().entrySet()) {
                        Tensor weight = entry.getValue();
                        double norm = shards == null
                                ? Gradients.norm(weight)
                                : Gradients.normOf(shards.own(entry.getKey(), weight.grad()));
                        squares += norm * norm;
                    }
                    return Math.sqrt(DoubleStream.of(ranks.gather(squares)).sum());
                })));
    }

    @Override
    public void step(double learningRate, double gradientScale) {
        weights.requireUsable();
        step++;
        NativeErrors.run(
                () -> "step " + step + " of the optimizer",
                () -> Memory.run(() -> Memory.runWithoutGradient(() -> {
                    weights.trainable().forEach((name, weight) -> update(name, weight, learningRate, gradientScale));
                    if (shards != null) {
                        shards.spread();
                    }
                })));
        weights.clearGradients();
    }

    private void update(String name, Tensor weight, double learningRate, double gradientScale) {
        WeightMoments state = state(name);
        if (!weight.grad().defined()) {
            return;
        }
        state.teach(weight);
        List<Tensor> kept = Stream.concat(
                        state.tensors().stream(), Stream.of(own(name, weight).detach()))
                .toList();
        long first = shards == null ? 0 : shards.start(name);
        int numMoments = kept.size() - 1;
        state.forEachPart(part -> {
            Tensor gradient = part.select(Gradients.part(weight, first + part.start(), part.count()));
            if (gradientScale != 1) {
                gradient.mul_(new Scalar(gradientScale));
            }
            List<Tensor> values = kept.stream().map(part::take).toList();
            rule.update(
                    new UpdateRule.Piece(values.getLast(), gradient, values.subList(0, numMoments), weight.dim() > 1),
                    learningRate,
                    step);
            for (int i = 0; i < kept.size(); i++) {
                // Each weight has noise of its own, or those of all layers would be rounded alike.
                part.put(rounded(values.get(i), kept.get(i), part, name.hashCode() + 31 * step + i), kept.get(i));
            }
        });
    }

    /// @return what the tensor can hold of the values
    private Tensor rounded(Tensor values, Tensor tensor, RowSlice part, long call) {
        return rounding == null || Tensors.typeOf(tensor) == ScalarType.Float
                ? values
                : rounding.round(values, part, call);
    }

    @Override
    public void save(Path file) throws IOException {
        NativeErrors.run(() -> "writing " + file, () -> write(file));
    }

    private void write(Path file) throws IOException {
        try (StagedFiles files = new StagedFiles()) {
            Path beside = files.stage(file);
            Optional<IOException> failure = Memory.compute(() -> {
                try {
                    SafetensorsWriter.write(beside, savedTensors(), DataType.FP32);
                    return Optional.empty();
                } catch (IOException e) {
                    return Optional.of(e);
                }
            });
            if (failure.isPresent()) {
                throw failure.get();
            }
            files.moveAll();
        }
    }

    private Map<String, FileTensor> savedTensors() {
        // Split in two floats: a single float32 counts exactly to 2^24 steps only.
        Map<String, FileTensor> tensors = new LinkedHashMap<>(FileTensor.lent(
                Map.of(STEP, HostTensors.floats(new float[] {step >>> 20, step & 0xfffff}))));
        moments.forEach((name, state) -> {
            for (int i = 0; i < state.tensors().size(); i++) {
                int moment = i;
                tensors.put(momentName(name, i), FileTensor.of(shape(name), () -> whole(name, moment)));
            }
        });
        return tensors;
    }

    /// Every rank has to ask for the same moments in the same order.
    private Tensor whole(String name, int moment) {
        Tensor own = state(name).tensors().get(moment);
        return shards == null ? own : shards.whole(name, own);
    }

    private WeightMoments state(String name) {
        return Objects.requireNonNull(moments.get(name), name);
    }

    private Tensor weight(String name) {
        return Objects.requireNonNull(weights.trainable().get(name), name);
    }

    private long[] shape(String name) {
        return Tensors.shape(weight(name));
    }

    @Override
    public void contribute() {
        if (shards != null) {
            NativeErrors.run(
                    () -> "giving moments to rank 0",
                    () -> moments.forEach((name, state) -> {
                        for (int i = 0; i < state.tensors().size(); i++) {
                            int moment = i;
                            Memory.run(() -> whole(name, moment));
                        }
                    }));
        }
    }

    @Override
    public void load(Path file) throws IOException {
        NativeErrors.run(() -> "reading " + file, () -> read(file));
    }

    private void read(Path file) throws IOException {
        try (SafetensorsFile saved = SafetensorsFile.open(file)) {
            requireSameTensors(file, saved);
            Memory.run(() -> {
                float[] parts = Tensors.toFloats(saved.read(STEP, DataType.FP32));
                step = ((long) parts[0] << 20) + (long) parts[1];
                moments.forEach((name, state) -> {
                    state.clear();
                    for (int i = 0; i < state.tensors().size(); i++) {
                        if (shards == null) {
                            state.load(saved, momentName(name, i), i);
                        } else {
                            saved.copyPart(
                                    momentName(name, i),
                                    shards.start(name),
                                    state.tensors().get(i));
                        }
                    }
                });
            });
        }
    }

    /// Everything is checked before the first moment is overwritten.
    private void requireSameTensors(Path file, SafetensorsFile saved) {
        Set<String> foreign = new LinkedHashSet<>(saved.entries().keySet());
        if (!foreign.remove(STEP)) {
            throw new ModelException(file + " does not hold an optimizer state: its step count is missing");
        }
        moments.forEach((weight, state) -> {
            for (int i = 0; i < state.tensors().size(); i++) {
                String name = momentName(weight, i);
                SafetensorsFile.Entry found = saved.entries().get(name);
                List<Long> shape = LongStream.of(shape(weight)).boxed().toList();
                if (found == null || !found.dims().equals(shape)) {
                    throw new ModelException(file + " does not hold the state of this optimizer and model: '" + name
                            + "' must have the shape " + shape + " but "
                            + (found == null ? "is missing" : "has " + found.dims()));
                }
                foreign.remove(name);
            }
        });
        if (!foreign.isEmpty()) {
            throw new ModelException(file + " does not hold the state of this optimizer and model: '"
                    + foreign.iterator().next() + "' is not part of it");
        }
    }

    private String momentName(String weight, int moment) {
        return rule.momentNames().get(moment) + "." + weight;
    }

    @Override
    public void close() {
        if (shards != null) {
            shards.close();
        }
        moments.values().forEach(WeightMoments::close);
        moments.clear();
        if (rounding != null) {
            rounding.close();
        }
    }
}
