package org.betatron.torch.attention;

import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Cosines and sines of all positions met so far; grows by doubling. Owns two tensors `[positions,
/// dims]`. Parts of a batch ask for rotations side by side: thread-safe.
public final class RotaryTable implements AutoCloseable {

    private final RotarySpec spec;
    private final Tensor beside;
    private int numPositions;
    private @Nullable Owned cosines;
    private @Nullable Owned sines;

    /// @param beside a tensor of the device that it lies on, lent
    RotaryTable(RotarySpec spec, Tensor beside) {
        this.spec = spec;
        this.beside = beside;
    }

    /// The rotation of one batch of rows.
    ///
    /// @param cosines `[T, 1, dims]`, in the current scope
    /// @param sines   `[T, 1, dims]`, those of the first half negative
    public record Rotation(Tensor cosines, Tensor sines) {

        /// Turns the first dimensions of each head; the halves of the rotated part form the pairs,
        /// as in `transformers`.
        ///
        /// @param heads `[T, H, D]`
        /// @return `[T, H, D]`; the same where nothing turns
        public Tensor apply(Tensor heads) {
            long dims = cosines.size(2);
            if (dims == 0) {
                return heads;
            }
            long headDim = heads.size(2);
            Tensor rotated = Tensors.toFloat(dims == headDim ? heads : heads.narrow(2, 0, dims));
            // The halves change places and signs. The derivative of that is of the same kind; that of halves that
            // are cut out and joined again would be zeros of full size, written into and added up.
            Tensor turned = rotated.mul(cosines)
                    .add_(rotated.roll(new long[] {dims / 2}, new long[] {2}).mul_(sines));
            return dims == headDim ? turned : Tensors.cat(2, turned, heads.narrow(2, dims, headDim - dims));
        }
    }

    /// @param positions position of each row, `[T]`
    /// @return the rotation of these rows, in the current scope
    synchronized Rotation rotation(int[] positions) {
        int needed = 1;
        for (int position : positions) {
            needed = Math.max(needed, position + 1);
        }
        Owned cos = cosines;
        Owned sin = sines;
        if (cos == null || sin == null || needed > numPositions) {
            List<Owned> grown = grow(Math.max(needed, 2 * numPositions));
            cos = grown.get(0);
            sin = grown.get(1);
        }
        Tensor index = Tensors.indices(positions, beside);
        return new Rotation(
                cos.tensor().index_select(0, index).unsqueeze(1),
                sin.tensor().index_select(0, index).unsqueeze(1));
    }

    private List<Owned> grow(int newPositions) {
        double[] frequencies = spec.frequencies();
        double factor = spec.attentionFactor();
        int half = frequencies.length;
        float[] cos = new float[newPositions * 2 * half];
        float[] sin = new float[newPositions * 2 * half];
        for (int position = 0; position < newPositions; position++) {
            for (int i = 0; i < half; i++) {
                double angle = position * frequencies[i];
                int at = position * 2 * half + i;
                cos[at] = cos[at + half] = (float) (factor * Math.cos(angle));
                sin[at + half] = (float) (factor * Math.sin(angle));
                sin[at] = -sin[at + half];
            }
        }
        close();
        List<Owned> tables = Memory.keepAll(
                "rotary table",
                () -> List.of(
                        Tensors.floats(cos, beside).view(newPositions, 2L * half),
                        Tensors.floats(sin, beside).view(newPositions, 2L * half)));
        cosines = tables.get(0);
        sines = tables.get(1);
        numPositions = newPositions;
        return tables;
    }

    @Override
    public void close() {
        if (cosines != null) {
            cosines.close();
        }
        if (sines != null) {
            sines.close();
        }
    }
}
