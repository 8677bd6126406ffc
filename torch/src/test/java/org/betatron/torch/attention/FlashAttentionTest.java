package org.betatron.torch.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.PackedBatch;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Operators;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is handed to the kernel of the graphics card, and the kernel itself where there is a card.
class FlashAttentionTest {

    private static final int HEADS = 2;
    private static final int DIMS = 8;
    private static final RotarySpec ROTARY = new RotarySpec(DIMS, 10000, null);
    private static final AttentionSpec WHOLE = AttentionSpec.whole(HEADS, HEADS, DIMS, ROTARY);
    private static final AttentionSpec CAPPED = new AttentionSpec(HEADS, HEADS, DIMS, ROTARY, 3, 1, 30);

    /// What the kernel can be asked for: a narrow window, another scale, one key head for all query heads.
    private static final List<AttentionSpec> KERNEL = List.of(
            WHOLE,
            new AttentionSpec(HEADS, HEADS, DIMS, ROTARY, 4, 0.7, Double.POSITIVE_INFINITY),
            AttentionSpec.whole(HEADS, 1, DIMS, ROTARY));

    @BeforeAll
    static void loadLibraries() {
        NativeLibraries.load();
    }

    @Test
    void segmentsOfASmallBatch() {
        PackedBatch batch = PackedBatch.builder()
                .add(new int[] {1, 2}, new int[] {3}, new int[] {4, 5, 6})
                .add(new int[] {7}, new int[] {8, 9})
                .build();
        AttentionSegments segments = new AttentionSegments(batch);
        // prompt | prompt response | prompt response | prompt | prompt response
        assertThat(segments.keyRows()).containsExactly(0, 1, 0, 1, 2, 0, 1, 3, 4, 5, 6, 6, 7, 8);
        assertThat(segments.keyEnds()).containsExactly(0, 2, 5, 10, 11, 14);
        assertThat(segments.queryEnds()).containsExactly(0, 2, 3, 6, 7, 9);
        assertThat(AttentionSegments.longest(segments.keyEnds())).isEqualTo(5);
        assertThat(AttentionSegments.longest(segments.queryEnds())).isEqualTo(3);
    }

    /// Attention in double precision over exactly what the kernel gets, with its causal mask: query `i` of `q`
    /// sees keys up to `i + k - q`.
    @Test
    void segmentsSeeWhatPackedAttentionSees() {
        for (long seed = 1; seed <= 5; seed++) {
            PackedBatch batch = RandomBatches.batch(seed, 4, 3, 100, 9);
            float[] queries = random(batch, seed, "queries");
            float[] keys = random(batch, seed, "keys");
            float[] values = random(batch, seed, "values");
            float[] expected = Memory.compute(() -> {
                Tensor q = heads(queries);
                return Tensors.toFloats(new PackedAttention(batch, List.of(WHOLE), ScalarType.Float, q)
                        .attend(0, WHOLE, q, heads(keys), heads(values)));
            });
            assertThat(plain(new AttentionSegments(batch), queries, keys, values))
                    .containsExactly(expected, within(1e-5f));
        }
    }

    private static float[] plain(AttentionSegments segments, float[] queries, float[] keys, float[] values) {
        float[] out = new float[queries.length];
        int[] queryEnds = segments.queryEnds();
        int[] keyEnds = segments.keyEnds();
        for (int segment = 0; segment + 1 < queryEnds.length; segment++) {
            int numQueries = queryEnds[segment + 1] - queryEnds[segment];
            int numKeys = keyEnds[segment + 1] - keyEnds[segment];
            for (int i = 0; i < numQueries; i++) {
                for (int head = 0; head < HEADS; head++) {
                    double[] weights = new double[i + numKeys - numQueries + 1];
                    double sum = 0;
                    int query = at(queryEnds[segment] + i, head);
                    for (int j = 0; j < weights.length; j++) {
                        int key = at(segments.keyRows()[keyEnds[segment] + j], head);
                        double score = 0;
                        for (int d = 0; d < DIMS; d++) {
                            score += (double) queries[query + d] * keys[key + d];
                        }
                        weights[j] = Math.exp(score / Math.sqrt(DIMS));
                        sum += weights[j];
                    }
                    for (int j = 0; j < weights.length; j++) {
                        int value = at(segments.keyRows()[keyEnds[segment] + j], head);
                        for (int d = 0; d < DIMS; d++) {
                            out[query + d] += (float) (weights[j] / sum * values[value + d]);
                        }
                    }
                }
            }
        }
        return out;
    }

    private static int at(int row, int head) {
        return (row * HEADS + head) * DIMS;
    }

    /// Arguments are handed over by their places: another libtorch with other ones must not go unseen.
    @Test
    void operatorTakesTheseArguments() {
        String schema = Memory.compute(
                () -> torch.toString(Operators.schema(FlashAttention.OPERATOR)).getString());
        assertThat(schema)
                .isEqualTo("aten::_flash_attention_forward(Tensor query, Tensor key, Tensor value, Tensor? cum_seq_q,"
                        + " Tensor? cum_seq_k, SymInt max_q, SymInt max_k, float dropout_p, bool is_causal,"
                        + " bool return_debug_mask, *, float? scale=None, SymInt? window_size_left=None,"
                        + " SymInt? window_size_right=None, Tensor? seqused_k=None, Tensor? alibi_slopes=None)"
                        + " -> (Tensor output, Tensor softmax_logsumexp, Tensor rng_state, Tensor unused,"
                        + " Tensor debug_attn_mask)");
    }

    /// As far as it goes without a card: libtorch unpacks all arguments, and then has no kernel.
    @Test
    void processorHasNoKernel() {
        PackedBatch batch = RandomBatches.batch(1, 2, 2, 100, 9);
        float[] numbers = random(batch, 1, "numbers");
        assertThatThrownBy(() -> Memory.run(() -> {
                    Tensor heads = heads(numbers).to(ScalarType.BFloat16).requires_grad_(true);
                    new FlashAttention(new AttentionSegments(batch), heads).attend(0, WHOLE, heads, heads, heads);
                }))
                .hasMessageContaining("Could not run 'aten::_flash_attention_forward' with arguments from the 'CPU'");
        Memory.run(() -> assertThat(FlashAttention.suits(ScalarType.BFloat16, List.of(WHOLE), heads(numbers)))
                .isFalse());
    }

    /// The kernel against the attention of single segments, forward and backward.
    @Test
    void kernelAgreesWithSingleSegments() {
        ComputeDevice card = new ComputeDevice(ComputeDevice.Kind.CUDA, 0);
        assumeTrue(
                card.problem().isEmpty(),
                () -> "the kernel was not run: cuda " + card.problem().orElse(""));
        PackedBatch batch = RandomBatches.batch(1, 4, 3, 100, 9);
        Memory.run(() -> {
            for (AttentionSpec spec : KERNEL) {
                List<float[]> expected = withGradients(spec, batch, card, false);
                List<float[]> actual = withGradients(spec, batch, card, true);
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(actual.get(i))
                            .as("result %d of %s", i, spec)
                            .containsExactly(expected.get(i), within(0.05f));
                }
            }
        });
    }

    private static List<float[]> withGradients(
            AttentionSpec spec, PackedBatch batch, ComputeDevice card, boolean flash) {
        List<Tensor> inputs = new ArrayList<>();
        for (String name : List.of("queries", "keys", "values")) {
            int heads = name.equals("queries") ? spec.numHeads() : spec.numKeyValueHeads();
            inputs.add(Tensors.moved(
                            heads(random(batch, 1, name)).narrow(1, 0, heads).to(ScalarType.BFloat16), card)
                    .detach()
                    .requires_grad_(true));
        }
        Tensor beside = inputs.getFirst();
        assertThat(FlashAttention.suits(ScalarType.BFloat16, KERNEL, beside)).isTrue();
        // The kernel caps no scores: a model with one such layer takes single segments in all.
        assertThat(FlashAttention.suits(ScalarType.BFloat16, List.of(WHOLE, CAPPED), beside))
                .isFalse();
        Attention attention = flash
                ? new FlashAttention(new AttentionSegments(batch), beside)
                : new PackedAttention(batch, List.of(spec), ScalarType.BFloat16, beside);
        Tensor out = attention.attend(0, spec, inputs.get(0), inputs.get(1), inputs.get(2));
        Tensor weights = Tensors.moved(HostTensors.floats(random(batch, 2, "weights")), card)
                .view(out.size(0), out.size(1));
        out.mul(weights).sum().backward();
        List<float[]> results = new ArrayList<>(List.of(Tensors.toFloats(out)));
        inputs.forEach(input -> results.add(Tensors.toFloats(input.grad())));
        return results;
    }

    private static float[] random(PackedBatch batch, long seed, String purpose) {
        RandomGenerator random = RandomStreams.stream(seed, purpose, 0);
        float[] numbers = new float[batch.numTokens() * HEADS * DIMS];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static Tensor heads(float[] numbers) {
        return HostTensors.floats(numbers).view(numbers.length / (HEADS * DIMS), HEADS, DIMS);
    }
}
