package org.betatron.gguf;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Writes GGUF files of version 3.
public final class GgufWriter {

    private static final int ALIGNMENT = 32;

    private GgufWriter() {}

    /// A tensor that is yet to be written.
    ///
    /// @param name  as llama.cpp calls it
    /// @param shape rows first
    /// @param type  number format in the file: F32, F16, BF16 or Q8_0
    /// @param rows  its numbers
    public record Source(String name, List<Long> shape, GgufType type, Rows rows) {

        public Source {
            shape = List.copyOf(shape);
            if (shape.getLast() % type.blockNumbers() != 0) {
                throw new IllegalArgumentException("rows of tensor '" + name + "' must be whole blocks of "
                        + type.blockNumbers() + " numbers but have " + shape.getLast());
            }
        }

        long width() {
            return shape.getLast();
        }

        long numRows() {
            return shape.subList(0, shape.size() - 1).stream().reduce(1L, Math::multiplyExact);
        }

        long bytes() {
            return type.bytes(Math.multiplyExact(numRows(), width()));
        }
    }

    /// Where the numbers of a tensor come from.
    @FunctionalInterface
    public interface Rows {

        /// @param first  the first row that is asked for; rows are asked for in order
        /// @param count  how many
        /// @param target `count * width` numbers
        void read(long first, int count, float[] target);
    }

    /// @param file     written whole, or left behind where writing fails
    /// @param metadata values of [GgufMetadata], and `Integer` for those that are to be 32 bits
    ///     wide
    /// @throws IOException if the file cannot be written
    public static void write(Path file, Map<String, Object> metadata, List<Source> tensors) throws IOException {
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            Output out = new Output(new DataOutputStream(stream));
            out.header(metadata, tensors);
            for (Source tensor : tensors) {
                out.align();
                out.numbers(tensor);
            }
            out.align();
        }
    }

    /// Little-endian, and counts what was written.
    private static final class Output {

        private static final int ROWS = 1 << 16;

        private final DataOutputStream out;
        private long written;

        Output(DataOutputStream out) {
            this.out = out;
        }

        void header(Map<String, Object> metadata, List<Source> tensors) throws IOException {
            raw("GGUF".getBytes(StandardCharsets.US_ASCII));
            int32(3);
            int64(tensors.size());
            int64(metadata.size());
            for (Map.Entry<String, Object> entry : metadata.entrySet()) {
                text(entry.getKey());
                int32(code(entry.getValue()));
                value(entry.getValue());
            }
            long start = 0;
            for (Source tensor : tensors) {
                text(tensor.name());
                int32(tensor.shape().size());
                for (long dimension : tensor.shape().reversed()) {
                    int64(dimension);
                }
                int32(tensor.type().code());
                int64(start);
                start += (tensor.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            }
        }

        private static int code(Object value) {
            return switch (value) {
                case Integer _ -> 4;
                case Float _ -> 6;
                case Boolean _ -> 7;
                case String _ -> 8;
                case List<?> _ -> 9;
                case Long _ -> 11;
                case Double _ -> 12;
                default -> throw new IllegalArgumentException("no value of a GGUF file: " + value);
            };
        }

        private void value(Object value) throws IOException {
            switch (value) {
                case Integer number -> int32(number);
                case Float number -> int32(Float.floatToRawIntBits(number));
                case Boolean flag -> raw(new byte[] {(byte) (flag ? 1 : 0)});
                case String text -> text(text);
                case Long number -> int64(number);
                case Double number -> int64(Double.doubleToRawLongBits(number));
                case List<?> list -> {
                    // Lists of whole numbers are signed there, those of single ones are not.
                    Object first = list.isEmpty() ? "" : list.getFirst();
                    int32(first instanceof Integer ? 5 : code(first));
                    int64(list.size());
                    for (Object each : list) {
                        value(each);
                    }
                }
                default -> throw new IllegalArgumentException("no value of a GGUF file: " + value);
            }
        }

        private void numbers(Source tensor) throws IOException {
            int atOnce = (int) Math.max(1, Math.min(tensor.numRows(), ROWS / tensor.width()));
            float[] numbers = new float[Math.toIntExact(atOnce * tensor.width())];
            for (long row = 0; row < tensor.numRows(); row += atOnce) {
                int now = (int) Math.min(atOnce, tensor.numRows() - row);
                tensor.rows().read(row, now, numbers);
                raw(Narrowing.of(tensor.type()).narrow(numbers, Math.toIntExact(now * tensor.width())));
            }
        }

        void align() throws IOException {
            raw(new byte[(int) ((ALIGNMENT - written % ALIGNMENT) % ALIGNMENT)]);
        }

        private void text(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int64(bytes.length);
            raw(bytes);
        }

        private void int32(int value) throws IOException {
            out.writeInt(Integer.reverseBytes(value));
            written += 4;
        }

        private void int64(long value) throws IOException {
            out.writeLong(Long.reverseBytes(value));
            written += 8;
        }

        private void raw(byte[] bytes) throws IOException {
            out.write(bytes);
            written += bytes.length;
        }
    }
}
