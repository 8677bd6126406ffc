package org.betatron.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/// Memory that the system provides, in bytes, as Linux tells it.
public final class ResidentMemory {

    private static final long PAGE = 4096;

    /// Of an entry of `/proc/self/pagemap`: the page is here, and nothing else maps it. Pages of zeros that were
    /// only read are mapped many times.
    private static final long MAPPED_ONCE = 1L << 56;

    private ResidentMemory() {}

    /// Of the pages that tensors lie in, exactly: nothing that the process does elsewhere changes it.
    ///
    /// @param tensors contiguous, in the memory of the processor
    public static long of(Iterable<Tensor> tensors) throws IOException {
        long resident = 0;
        for (Tensor tensor : tensors) {
            resident += of(tensor);
        }
        return resident;
    }

    private static long of(Tensor tensor) throws IOException {
        long start = tensor.data_ptr().address() / PAGE;
        long end = (tensor.data_ptr().address() + tensor.nbytes() + PAGE - 1) / PAGE;
        ByteBuffer entries =
                ByteBuffer.allocate(Math.toIntExact((end - start) * Long.BYTES)).order(ByteOrder.nativeOrder());
        try (FileChannel pages = FileChannel.open(Path.of("/proc/self/pagemap"))) {
            while (entries.hasRemaining()) {
                if (pages.read(entries, start * Long.BYTES + entries.position()) < 0) {
                    throw new IOException("the system lists no pages at " + tensor.data_ptr());
                }
            }
        }
        long resident = 0;
        for (int i = 0; i < end - start; i++) {
            resident += (entries.getLong(i * Long.BYTES) & MAPPED_ONCE) == 0 ? 0 : PAGE;
        }
        return resident;
    }
}
