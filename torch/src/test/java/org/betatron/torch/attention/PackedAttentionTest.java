package org.betatron.torch.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.PackedBatch;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.TestDevice;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Attention of every kind of layer against loops in double precision over what each row may see, and its gradients
/// against differences of these.
class PackedAttentionTest {

    private static final int HEADS = 4;
    private static final int DIMS = 6;
    private static final double STEP = 1e-5;
    private static final RotarySpec ROTARY = new RotarySpec(DIMS, 10000, null);
    private static final PackedBatch BATCH = RandomBatches.batch(3, 4, 3, 100, 11);

    @BeforeAll
    static void loadLibraries() {
        NativeLibraries.load();
    }

    static Stream<AttentionSpec> layers() {
        double none = Double.POSITIVE_INFINITY;
        return Stream.of(
                AttentionSpec.whole(HEADS, HEADS, DIMS, ROTARY),
                AttentionSpec.whole(HEADS, 2, DIMS, ROTARY),
                new AttentionSpec(HEADS, HEADS, DIMS, ROTARY, 1, 0.5, none),
                new AttentionSpec(HEADS, 1, DIMS, ROTARY, 3, 0.5, none),
                new AttentionSpec(HEADS, HEADS, DIMS, ROTARY, 7, 1, none),
                new AttentionSpec(HEADS, 2, DIMS, ROTARY, AttentionSpec.WHOLE, 0.3, 1.5),
                new AttentionSpec(HEADS, 2, DIMS, ROTARY, 5, 1, 2));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void valuesAndGradients(AttentionSpec spec) {
        List<double[]> inputs = List.of(
                random("queries", HEADS),
                random("keys", spec.numKeyValueHeads()),
                random("values", spec.numKeyValueHeads()));
        double[] weights = random("weights", HEADS);
        double[] expected = plain(spec, inputs);
        List<float[]> found = withGradients(spec, inputs, weights);
        assertClose(found.getFirst(), expected, 1e-5);
        for (int input = 0; input < inputs.size(); input++) {
            double[] gradient = new double[inputs.get(input).length];
            for (int i = 0; i < gradient.length; i += 7) {
                double number = inputs.get(input)[i];
                inputs.get(input)[i] = number + STEP;
                double above = weighted(plain(spec, inputs), weights);
                inputs.get(input)[i] = number - STEP;
                double below = weighted(plain(spec, inputs), weights);
                inputs.get(input)[i] = number;
                gradient[i] = (above - below) / (2 * STEP);
                assertThat((double) found.get(1 + input)[i])
                        .as("number %d of input %d", i, input)
                        .isCloseTo(gradient[i], within(1e-4));
            }
        }
    }

    /// One batch may hold layers of all kinds, whose masks are kept apart.
    @ParameterizedTest
    @MethodSource("layers")
    void layersOfOneBatch(AttentionSpec spec) {
        List<double[]> inputs = List.of(
                random("queries", HEADS),
                random("keys", spec.numKeyValueHeads()),
                random("values", spec.numKeyValueHeads()));
        float[] among = Memory.compute(() -> {
            List<Tensor> heads = tensors(inputs);
            return Tensors.toFloats(new PackedAttention(BATCH, layers().toList(), ScalarType.Float, heads.getFirst())
                    .attend(0, spec, heads.get(0), heads.get(1), heads.get(2)));
        });
        assertClose(among, plain(spec, inputs), 1e-5);
    }

    private static List<float[]> withGradients(AttentionSpec spec, List<double[]> inputs, double[] weights) {
        return Memory.compute(() -> {
            List<Tensor> heads = tensors(inputs);
            heads.forEach(tensor -> tensor.requires_grad_(true));
            Tensor out = new PackedAttention(BATCH, List.of(spec), ScalarType.Float, heads.getFirst())
                    .attend(0, spec, heads.get(0), heads.get(1), heads.get(2));
            out.mul(tensor(weights).view(out.size(0), out.size(1))).sum().backward();
            List<float[]> results = new ArrayList<>(List.of(Tensors.toFloats(out)));
            heads.forEach(tensor -> results.add(Tensors.toFloats(tensor.grad())));
            return results;
        });
    }

    private static List<Tensor> tensors(List<double[]> inputs) {
        return inputs.stream()
                .map(numbers ->
                        tensor(numbers).view(BATCH.numTokens(), -1, DIMS).detach())
                .toList();
    }

    private static Tensor tensor(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return Tensors.moved(HostTensors.floats(floats), TestDevice.DEVICE);
    }

    /// @return what each row sees, `[T * H * D]`
    private static double[] plain(AttentionSpec spec, List<double[]> inputs) {
        double[] out = new double[BATCH.numTokens() * HEADS * DIMS];
        for (int group = 0; group < BATCH.numGroups(); group++) {
            int start = BATCH.promptStart(group);
            List<Integer> prompt = rows(start, BATCH.promptLength(group));
            see(spec, inputs, prompt, 0, out);
            for (int i = 0; i < BATCH.numResponses(group); i++) {
                int response = BATCH.firstResponse(group) + i;
                List<Integer> sequence = new ArrayList<>(prompt);
                sequence.addAll(rows(BATCH.responseStart(response), BATCH.responseLength(response)));
                see(spec, inputs, sequence, prompt.size(), out);
            }
        }
        return out;
    }

    private static List<Integer> rows(int start, int length) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            rows.add(start + i);
        }
        return rows;
    }

    /// @param sequence rows in the order of their positions
    /// @param from     first position that is computed
    private static void see(AttentionSpec spec, List<double[]> inputs, List<Integer> sequence, int from, double[] out) {
        int keyHeads = spec.numKeyValueHeads();
        for (int i = from; i < sequence.size(); i++) {
            for (int head = 0; head < HEADS; head++) {
                int query = (sequence.get(i) * HEADS + head) * DIMS;
                double[] shares = new double[i + 1];
                double sum = 0;
                for (int j = Math.max(0, i - Math.min(i, spec.window() - 1)); j <= i; j++) {
                    int key = (sequence.get(j) * keyHeads + head / (HEADS / keyHeads)) * DIMS;
                    double score = 0;
                    for (int d = 0; d < DIMS; d++) {
                        score += inputs.get(0)[query + d] * inputs.get(1)[key + d];
                    }
                    score *= spec.scale();
                    shares[j] = Math.exp(
                            Double.isInfinite(spec.logitCap())
                                    ? score
                                    : spec.logitCap() * Math.tanh(score / spec.logitCap()));
                    sum += shares[j];
                }
                for (int j = 0; j <= i; j++) {
                    int value = (sequence.get(j) * keyHeads + head / (HEADS / keyHeads)) * DIMS;
                    for (int d = 0; d < DIMS; d++) {
                        out[query + d] += shares[j] / sum * inputs.get(2)[value + d];
                    }
                }
            }
        }
    }

    private static double weighted(double[] out, double[] weights) {
        double sum = 0;
        for (int i = 0; i < out.length; i++) {
            sum += out[i] * weights[i];
        }
        return sum;
    }

    private static double[] random(String purpose, int heads) {
        RandomGenerator random = RandomStreams.stream(1, purpose, 0);
        double[] numbers = new double[BATCH.numTokens() * heads * DIMS];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static void assertClose(float[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("number %d", i).isCloseTo(expected[i], within(tolerance));
        }
    }
}
