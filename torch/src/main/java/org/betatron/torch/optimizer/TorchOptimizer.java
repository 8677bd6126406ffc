package org.betatron.torch.optimizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.ModelException;
import org.betatron.torch.Tensors;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.model.Parameters;
import org.betatron.torch.weights.DataType;
import org.betatron.torch.weights.SafetensorsFile;
import org.betatron.torch.weights.SafetensorsWriter;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// What optimizers share: the gradient norm, clipping, clearing, and moments on disk.
///
/// Borrows the weights, owns the moments. One thread at a time.
public final class TorchOptimizer implements Optimizer {

    private static final String STEP = "step";

    private final Parameters weights;
    private final UpdateRule rule;
    private final Map<String, List<Owned>> moments = new LinkedHashMap<>();
    private long step;

    private TorchOptimizer(Parameters weights, UpdateRule rule) {
        this.weights = weights;
        this.rule = rule;
        weights.asMap()
                .forEach((name, weight) -> moments.put(name, Memory.keepAll("moments of " + name, () -> {
                    List<Tensor> zeros = new ArrayList<>();
                    for (int i = 0; i < rule.momentNames().size(); i++) {
                        zeros.add(torch.zeros_like(weight.detach()));
                    }
                    return zeros;
                })));
    }

    /// @param spec    which optimizer
    /// @param weights what it updates, borrowed
    /// @return the optimizer with moments at zero
    public static TorchOptimizer create(OptimizerSpec spec, Parameters weights) {
        return new TorchOptimizer(
                weights,
                switch (spec) {
                    case OptimizerSpec.AdamW adamW -> new AdamWRule(adamW);
                    case OptimizerSpec.RmsProp rmsProp -> new RmsPropRule(rmsProp);
                });
    }

    @Override
    public double gradientNorm() {
        return Memory.compute(() -> Memory.withoutGradient(() -> {
            double squares = 0;
            for (Tensor weight : weights.asMap().values()) {
                Tensor gradient = weight.grad();
                if (gradient.defined()) {
                    double norm = gradient.norm().item_double();
                    squares += norm * norm;
                }
            }
            return Math.sqrt(squares);
        }));
    }

    @Override
    public void step(double learningRate, double gradientScale) {
        step++;
        Memory.withoutGradient(() -> {
            moments.forEach(
                    (name, state) -> Memory.run(() -> update(weights.get(name), state, learningRate, gradientScale)));
            return step;
        });
        weights.clearGradients();
    }

    private void update(Tensor weight, List<Owned> state, double learningRate, double gradientScale) {
        Tensor gradient = weight.grad();
        if (!gradient.defined()) {
            return;
        }
        if (gradientScale != 1) {
            gradient.mul_(new Scalar(gradientScale));
        }
        rule.update(weight.detach(), gradient, state.stream().map(Owned::tensor).toList(), learningRate, step);
    }

    @Override
    public void save(Path file) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + ".partial");
        try {
            IOException failure = Memory.compute(() -> {
                Map<String, Tensor> tensors = new LinkedHashMap<>();
                // Split in two floats: a single float32 counts exactly to 2^24 steps only.
                tensors.put(STEP, Tensors.floats(new float[] {step >>> 20, step & 0xfffff}));
                moments.forEach((name, state) -> {
                    for (int i = 0; i < state.size(); i++) {
                        tensors.put(momentName(name, i), state.get(i).tensor());
                    }
                });
                try {
                    SafetensorsWriter.write(beside, tensors, DataType.FP32);
                    return null;
                } catch (IOException e) {
                    return e;
                }
            });
            if (failure != null) {
                throw failure;
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    @Override
    public void load(Path file) throws IOException {
        try (SafetensorsFile saved = SafetensorsFile.open(file)) {
            requireSameNames(file, saved);
            Memory.run(() -> {
                float[] parts = Tensors.toFloats(saved.read(STEP, DataType.FP32));
                step = ((long) parts[0] << 20) + (long) parts[1];
                moments.forEach((name, state) -> {
                    for (int i = 0; i < state.size(); i++) {
                        saved.copyInto(momentName(name, i), state.get(i).tensor());
                    }
                });
            });
        }
    }

    private void requireSameNames(Path file, SafetensorsFile saved) {
        for (Map.Entry<String, List<Owned>> entry : moments.entrySet()) {
            for (int i = 0; i < entry.getValue().size(); i++) {
                SafetensorsFile.Entry found = saved.entries().get(momentName(entry.getKey(), i));
                long expected = entry.getValue().get(i).tensor().numel();
                if (found == null || found.numElements() != expected) {
                    throw new ModelException(file + " does not hold the optimizer state of this model: '"
                            + momentName(entry.getKey(), i) + "' is missing or has another size");
                }
            }
        }
        if (!saved.entries().containsKey(STEP)) {
            throw new ModelException(file + " does not hold an optimizer state: its step count is missing");
        }
    }

    private String momentName(String weight, int moment) {
        return rule.momentNames().get(moment) + "." + weight;
    }

    @Override
    public void close() {
        moments.values().forEach(state -> state.forEach(Owned::close));
        moments.clear();
    }
}
