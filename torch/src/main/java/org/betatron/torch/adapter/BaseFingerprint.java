package org.betatron.torch.adapter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Tells base models of one shape apart by some numbers of each weight that is adapted, rounded to bf16 so that a model
/// is the same in float32 and in bf16. A quantised copy is another model.
final class BaseFingerprint {

    /// Rows that are looked at: the first, and as many from the middle.
    private static final long ROWS = 2;

    private BaseFingerprint() {}

    /// @param targets maps of the model
    /// @param weights none of which has an adapter yet
    /// @return SHA-256, in hexadecimal
    static String of(Iterable<LinearPart> targets, Parameters weights) {
        MessageDigest digest = sha256();
        for (LinearPart part : targets) {
            long[] shape = weights.get(part.weight()).shape();
            digest.update((part.name() + Arrays.toString(shape)).getBytes(StandardCharsets.UTF_8));
            for (long first : new long[] {0, shape[0] / 2}) {
                long count = Math.min(ROWS, shape[0] - first);
                digest.update(bytes(part, weights, first, count));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] bytes(LinearPart part, Parameters weights, long first, long count) {
        float[] numbers = Memory.compute(() -> Memory.withoutGradient(() -> {
            int[] rows = new int[(int) count];
            Arrays.setAll(rows, row -> (int) first + row);
            var weight = weights.get(part.weight());
            Tensor values = weight.rows(Tensors.indices(rows, weight.tensors().getFirst()));
            return Tensors.toFloats(Tensors.toFloat(values.to(ScalarType.BFloat16)));
        }));
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return bytes.array();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
