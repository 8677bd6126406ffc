package org.betatron.torch.weight;

import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// A matrix that does not train and is kept in fewer bits than it is multiplied in.
///
/// @param rows     what it is kept in; owned
/// @param products how it is multiplied with
record KeptWeight(KeptRows rows, Products products) implements FixedWeight {

    private static final long NUMBERS_AT_ONCE = 1 << 20;

    @Override
    public long[] shape() {
        return rows.shape();
    }

    @Override
    public List<Tensor> tensors() {
        return rows.tensors();
    }

    @Override
    public Tensor values() {
        long[] shape = shape();
        Tensor values = Tensors.empty(ScalarType.Float, tensors().getFirst(), shape);
        long atOnce = Math.clamp(NUMBERS_AT_ONCE / shape[1], 1, shape[0]);
        for (long from = 0; from < shape[0]; from += atOnce) {
            long first = from;
            long count = Math.min(atOnce, shape[0] - from);
            Memory.run(() -> values.narrow(0, first, count).copy_(rows.widened(first, count)));
        }
        return values;
    }

    @Override
    public Matrix matrix() {
        return constant();
    }

    @Override
    public Matrix constant() {
        return new WidenedMatrix(products, rows);
    }

    @Override
    public Tensor rows(Tensor indices) {
        long[] wanted = Tensors.toLongs(indices);
        Tensor[] found = new Tensor[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            found[i] = Tensors.toFloat(rows.widened(wanted[i], 1));
        }
        return Memory.scoped(() -> Tensors.cat(0, found));
    }

    @Override
    public void close() {
        rows.close();
    }
}
