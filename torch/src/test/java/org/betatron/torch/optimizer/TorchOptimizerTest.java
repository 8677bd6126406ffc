package org.betatron.torch.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.TestWeights;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TorchOptimizerTest {

    private static final int MATRIX = 12;
    private static final int VECTOR = 3;

    @TempDir
    private Path directory;

    private RandomGenerator random;

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    @BeforeEach
    void seed() {
        random = RandomStreams.stream(11, "optimizer", 0);
    }

    static Stream<OptimizerSpec> specs() {
        return Stream.of(
                OptimizerSpec.AdamW.DEFAULT,
                new OptimizerSpec.AdamW(0.9, 0.95, 1e-6, 0.1),
                new OptimizerSpec.AdamW(0, 0.5, 1e-8, 0),
                OptimizerSpec.RmsProp.DEFAULT,
                new OptimizerSpec.RmsProp(0.5, 1e-3));
    }

    /// One weight in double precision, straight from the formulas in the classes' comments.
    private static final class Plain {

        private final OptimizerSpec spec;
        private final double decay;
        private double weight;
        private double first;
        private double second;
        private int step;

        Plain(OptimizerSpec spec, double weight, boolean isMatrix) {
            this.spec = spec;
            this.weight = weight;
            decay = spec instanceof OptimizerSpec.AdamW adamW && isMatrix ? adamW.weightDecay() : 0;
        }

        void update(double gradient, double learningRate) {
            step++;
            switch (spec) {
                case OptimizerSpec.AdamW(double beta1, double beta2, double epsilon, double _) -> {
                    weight *= 1 - learningRate * decay;
                    first = beta1 * first + (1 - beta1) * gradient;
                    second = beta2 * second + (1 - beta2) * gradient * gradient;
                    double mean = first / (1 - Math.pow(beta1, (double) step));
                    double square = second / (1 - Math.pow(beta2, (double) step));
                    weight -= learningRate * mean / (Math.sqrt(square) + epsilon);
                }
                case OptimizerSpec.RmsProp(double smoothing, double epsilon) -> {
                    second = smoothing * second + (1 - smoothing) * gradient * gradient;
                    weight -= learningRate * gradient / (Math.sqrt(second) + epsilon);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void againstDoublePrecision(OptimizerSpec spec) {
        try (Parameters weights = weights();
                TorchOptimizer optimizer = TorchOptimizer.create(spec, weights)) {
            Plain[] plain = new Plain[MATRIX + VECTOR];
            float[] start = values(weights);
            Arrays.setAll(plain, i -> new Plain(spec, start[i], i < MATRIX));
            for (int step = 0; step < 20; step++) {
                float[] gradients = gaussian(MATRIX + VECTOR);
                double learningRate = 0.01 / (1 + step);
                double scale = step % 2 == 0 ? 1 : 0.25;
                setGradients(weights, gradients);
                optimizer.step(learningRate, scale);
                for (int i = 0; i < plain.length; i++) {
                    plain[i].update(scale * gradients[i], learningRate);
                }
            }
            float[] end = values(weights);
            for (int i = 0; i < plain.length; i++) {
                // 20 updates rounded to 24 bits each: relative to a weight of about 1.
                assertThat((double) end[i]).isCloseTo(plain[i].weight, within(1e-6));
                assertThat(Math.abs(end[i] - start[i])).isGreaterThan(1e-4f);
            }
        }
    }

    @Test
    void decaySparesBiasesAndNorms() {
        OptimizerSpec decaying = new OptimizerSpec.AdamW(0.9, 0.999, 1e-8, 0.5);
        try (Parameters weights = weights();
                TorchOptimizer optimizer = TorchOptimizer.create(decaying, weights)) {
            float[] start = values(weights);
            setGradients(weights, new float[MATRIX + VECTOR]);
            optimizer.step(0.1, 1);
            float[] end = values(weights);
            for (int i = 0; i < MATRIX; i++) {
                assertThat(end[i]).isCloseTo(start[i] * 0.95f, within(1e-6f));
            }
            assertThat(Arrays.copyOfRange(end, MATRIX, end.length))
                    .isEqualTo(Arrays.copyOfRange(start, MATRIX, start.length));
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void weightsWithoutGradientStay(OptimizerSpec spec) {
        try (Parameters weights = weights();
                TorchOptimizer optimizer = TorchOptimizer.create(spec, weights)) {
            float[] start = values(weights);
            assertThat(optimizer.gradientNorm()).isZero();
            optimizer.step(0.1, 1);
            assertThat(values(weights)).isEqualTo(start);
            setGradient(weights, "norm.weight", new float[] {3, 0, 4}, VECTOR);
            assertThat(optimizer.gradientNorm()).isEqualTo(5);
            optimizer.step(0.1, 1);
            assertThat(optimizer.gradientNorm()).as("cleared").isZero();
            float[] end = values(weights);
            assertThat(Arrays.copyOf(end, MATRIX)).isEqualTo(Arrays.copyOf(start, MATRIX));
            assertThat(end[MATRIX]).isLessThan(start[MATRIX]);
            assertThat(end[MATRIX + 1]).isEqualTo(start[MATRIX + 1]);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void resumedEqualsUninterrupted(OptimizerSpec spec) throws IOException {
        Path file = directory.resolve("optimizer.safetensors");
        float[][] gradients = new float[6][];
        Arrays.setAll(gradients, _ -> gaussian(MATRIX + VECTOR));
        try (Parameters weights = weights();
                TorchOptimizer optimizer = TorchOptimizer.create(spec, weights)) {
            steps(weights, optimizer, gradients, 0, 3);
            optimizer.save(file);
            float[] middle = values(weights);
            steps(weights, optimizer, gradients, 3, 6);
            try (Parameters resumedWeights = weights(middle);
                    TorchOptimizer resumed = TorchOptimizer.create(spec, resumedWeights)) {
                resumed.load(file);
                steps(resumedWeights, resumed, gradients, 3, 6);
                assertThat(values(resumedWeights)).isEqualTo(values(weights));
            }
        }
        assertThat(directory)
                .isDirectoryContaining(path -> path.equals(file))
                .isDirectoryNotContaining("glob:**/.partial-*");
    }

    @Test
    void stateOfAnotherModelOrOptimizerIsRefused() throws IOException {
        Path file = directory.resolve("optimizer.safetensors");
        String prefix = file + " does not hold the state of this optimizer and model: '";
        try (Parameters weights = weights();
                TorchOptimizer adamW = TorchOptimizer.create(OptimizerSpec.AdamW.DEFAULT, weights);
                TorchOptimizer rmsProp = TorchOptimizer.create(OptimizerSpec.RmsProp.DEFAULT, weights)) {
            rmsProp.save(file);
            assertRefused(adamW, file, prefix + "first_moment.dense.weight' must have the shape [4, 3] but is missing");
            try (Parameters transposed = parameters(gaussian(MATRIX + VECTOR), 3, 4);
                    TorchOptimizer ofTransposed = TorchOptimizer.create(OptimizerSpec.AdamW.DEFAULT, transposed)) {
                ofTransposed.save(file);
                assertRefused(
                        adamW, file, prefix + "first_moment.dense.weight' must have the shape [4, 3] but has [3, 4]");
            }
            try (Parameters larger = weights()) {
                TestWeights.add(larger, "more.weight", Memory.keep("more", () -> HostTensors.floats(new float[2])));
                try (TorchOptimizer ofLarger = TorchOptimizer.create(OptimizerSpec.AdamW.DEFAULT, larger)) {
                    ofLarger.save(file);
                    assertRefused(adamW, file, prefix + "first_moment.more.weight' is not part of it");
                }
            }
        }
    }

    private static void assertRefused(TorchOptimizer optimizer, Path file, String message) {
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> optimizer.load(file))
                .withMessage(message);
    }

    private static void steps(Parameters weights, TorchOptimizer optimizer, float[][] gradients, int from, int to) {
        for (int step = from; step < to; step++) {
            setGradients(weights, gradients[step]);
            optimizer.step(0.01, 0.5);
        }
    }

    private Parameters weights() {
        return weights(gaussian(MATRIX + VECTOR));
    }

    private static Parameters weights(float[] values) {
        return parameters(values, 4, 3);
    }

    private static Parameters parameters(float[] values, long rows, long columns) {
        Parameters parameters = new Parameters();
        TestWeights.add(
                parameters,
                "dense.weight",
                Memory.keep(
                        "dense.weight",
                        () -> HostTensors.floats(Arrays.copyOf(values, MATRIX))
                                .view(rows, columns)
                                .requires_grad_(true)));
        TestWeights.add(
                parameters,
                "norm.weight",
                Memory.keep(
                        "norm.weight",
                        () -> HostTensors.floats(Arrays.copyOfRange(values, MATRIX, values.length))
                                .requires_grad_(true)));
        return parameters;
    }

    private static void setGradients(Parameters weights, float[] gradients) {
        setGradient(weights, "dense.weight", Arrays.copyOf(gradients, MATRIX), 4, 3);
        setGradient(weights, "norm.weight", Arrays.copyOfRange(gradients, MATRIX, gradients.length), VECTOR);
    }

    private static void setGradient(Parameters weights, String name, float[] gradient, long... shape) {
        Memory.run(() -> weights.get(name)
                .values()
                .mutable_grad()
                .put(HostTensors.floats(gradient).view(shape)));
    }

    private static float[] values(Parameters weights) {
        float[] all = new float[MATRIX + VECTOR];
        Map<String, float[]> copies = Memory.compute(() -> {
            Map<String, float[]> byName = new LinkedHashMap<>();
            for (Map.Entry<String, Tensor> entry : weights.values().entrySet()) {
                byName.put(entry.getKey(), Tensors.toFloats(entry.getValue()));
            }
            return byName;
        });
        int offset = 0;
        for (float[] some : copies.values()) {
            System.arraycopy(some, 0, all, offset, some.length);
            offset += some.length;
        }
        return all;
    }

    private float[] gaussian(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
