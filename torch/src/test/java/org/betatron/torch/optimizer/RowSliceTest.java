package org.betatron.torch.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RowSliceTest {

    /// Rows 1 and 2 of three with two numbers each.
    private static final RowSlice ROWS = new RowSlice(2, 4, 2, null);

    @BeforeAll
    static void loadLibraries() {
        NativeLibraries.load();
    }

    /// A view was changed in place; copying it onto itself would be another pass over weights and moments.
    @Test
    void whatIsAViewIsNotCopiedOntoItself() {
        Memory.run(() -> {
            Tensor tensor = HostTensors.floats(new float[] {1, 2, 3, 4, 5, 6}).view(3, 2);
            Tensor taken = ROWS.take(tensor);
            taken.mul_(Tensors.scalar(2));
            long version = tensor._version();
            ROWS.put(taken, tensor);
            assertThat(tensor._version()).isEqualTo(version);
            assertThat(Tensors.toFloats(tensor)).containsExactly(1, 2, 6, 8, 10, 12);
        });
    }

    @Test
    void whatWasConvertedIsWrittenBack() {
        Memory.run(() -> {
            Tensor tensor = HostTensors.floats(new float[] {1, 2, 3, 4, 5, 6})
                    .view(3, 2)
                    .to(ScalarType.BFloat16);
            Tensor taken = ROWS.take(tensor);
            ROWS.put(taken.mul(Tensors.scalar(2)), tensor);
            assertThat(Tensors.toFloats(tensor)).containsExactly(1, 2, 6, 8, 10, 12);
        });
    }
}
