package org.betatron.torch.weight;

import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// A matrix that does not train and is kept in fewer bits than it is multiplied in.
///
/// @param rows     what it is kept in; owned
/// @param products how it is multiplied with
record KeptWeight(KeptRows rows, Products products) implements FixedWeight {

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
        return Tensors.toFloat(rows.widened(0, shape()[0]));
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
