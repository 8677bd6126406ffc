package org.betatron.torch.optimizer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// The moments of one weight, and the rows in which they may differ from zero.
///
/// An embedding is taught the tokens that occur, and much of a vocabulary never does. WeightMoments
/// of such rows stay
/// zero. They are not touched, and take no memory: a page is provided when it is first written.
final class WeightMoments implements AutoCloseable {

    /// Numbers of a weight that are updated together, rounded to whole rows. An update is half a
    /// dozen passes over
    /// weight, gradient and moments. In pieces of 4 MiB the later ones find them in the cache, and
    /// the intermediate
    /// result needs no fresh memory.
    static final long PIECE = 1 << 20;

    private final List<Owned> tensors = new ArrayList<>();
    private final long[] shape;
    private final long width;
    private final @Nullable Owned taught; // of each row whether it had a gradient, 0 or 1; null: all are updated
    private boolean allTaught;

    /// @param name     of the weight
    /// @param weight   contiguous
    /// @param count    moments of each number
    /// @param type     number format that they are kept in
    /// @param skipRows whether rows that never had a gradient may be left out of updates
    WeightMoments(String name, Tensor weight, int count, DataType type, boolean skipRows) {
        shape = Tensors.shape(weight);
        width = LongStream.of(shape).skip(1).reduce(1, Math::multiplyExact);
        for (int i = 0; i < count; i++) {
            tensors.add(zeros("moment of " + name, type.scalarType(), weight));
        }
        // On a graphics card memory does not come in pages, and asking which rows are taught would wait for it.
        taught = skipRows && shape.length > 1 && weight.is_cpu()
                ? Memory.keep("rows of " + name, () -> Tensors.zeros(ScalarType.Byte, weight, shape[0]))
                : null;
        allTaught = taught == null;
    }

    private Owned zeros(String name, ScalarType type, Tensor weight) {
        return weight.is_cpu()
                ? Memory.keepZeros(name, type, shape)
                : Memory.keep(name, () -> Tensors.zeros(type, weight, shape));
    }

    /// @return the moments, each of the weight's shape; lent
    List<Tensor> tensors() {
        return tensors.stream().map(Owned::tensor).toList();
    }

    /// Takes notice of the rows that a gradient was added to.
    void teach(Tensor weight) {
        if (taught == null || allTaught) {
            return;
        }
        Tensor rows = Gradients.rows(weight);
        if (rows == null) {
            allTaught = true;
        } else {
            taught.tensor().index_fill_(0, rows, new Scalar(1L));
        }
    }

    /// Calls for every part of the weight that an update can change, in order, each in a scope of
    /// its own.
    void forEachPart(Consumer work) {
        long numRows = shape.length == 0 ? 1 : shape[0];
        long size = Math.max(1, PIECE / width);
        for (long from = 0; from < numRows; from += size) {
            long first = from;
            long count = Math.min(size, numRows - from);
            // A scope per part, or the denominators of the whole weight would live until it is done.
            Memory.run(() -> {
                Tensor rows = rows(first, count);
                if (rows == null || rows.numel() > 0) {
                    work.accept(new RowSlice(first * width, count * width, width, rows));
                }
            });
        }
    }

    private @Nullable Tensor rows(long first, long count) {
        if (taught == null || allTaught) {
            return null;
        }
        Tensor rows = taught.tensor().narrow(0, first, count).nonzero().view(-1);
        return rows.numel() == count ? null : rows;
    }

    /// Sets all to zero, as they were made.
    void clear() {
        if (taught == null || allTaught) {
            tensors().forEach(Tensor::zero_);
        } else {
            Tensor rows = taught.tensor().nonzero().view(-1);
            tensors().forEach(moment -> moment.index_fill_(0, rows, new Scalar(0L)));
        }
        if (taught != null) {
            taught.tensor().zero_();
            allTaught = false;
        }
    }

    /// Reads saved moments into moments that are zero.
    ///
    /// @param file holds them
    /// @param name of the tensor in the file
    /// @param i    which of the moments
    void load(SafetensorsFile file, String name, int i) {
        Tensor moment = tensors.get(i).tensor();
        if (taught == null) {
            file.copyInto(name, moment);
            return;
        }
        // Zeros that are not written take no memory.
        file.forEachPart(name, Math.max(1, PIECE / width) * width, (start, values) -> {
            Tensor isTaught = values.view(-1, width).ne(new Scalar(0L)).any(1);
            RowSlice part = new RowSlice(
                    start, values.numel(), width, isTaught.nonzero().view(-1));
            part.put(part.select(values), moment);
            taught.tensor().narrow(0, start / width, isTaught.size(0)).bitwise_or_(isTaught.to(ScalarType.Byte));
        });
    }

    @Override
    public void close() {
        tensors.forEach(Owned::close);
        if (taught != null) {
            taught.close();
        }
    }

    /// What is done with a part.
    interface Consumer {
        void accept(RowSlice part);
    }
}
