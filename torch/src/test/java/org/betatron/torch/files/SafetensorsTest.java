package org.betatron.torch.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {

    /// Few significant bits, so that every format holds them exactly.
    private static final float[] VALUES = {0, 1, -1, 0.5f, 1.5f, -96, 0.015625f, 2, 3, 4, 5, 6, 7, 8, -0.25f};

    @TempDir
    private Path directory;

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void roundTrip(DataType type) throws IOException {
        Path file = directory.resolve("values.safetensors");
        write(file, type, 16L << 20);
        try (SafetensorsFile saved = SafetensorsFile.open(file)) {
            assertThat(saved.entries().keySet()).containsExactly("matrix", "vector", "empty", "number");
            assertThat(saved.entries().get("matrix"))
                    .isEqualTo(
                            new SafetensorsFile.Entry(type.safetensorsName(), List.of(5L, 3L), 0, 15L * type.bytes()));
            assertThat(read(saved, "matrix")).isEqualTo(VALUES);
            assertThat(read(saved, "vector")).isEqualTo(Arrays.copyOf(VALUES, 4));
            assertThat(read(saved, "empty")).isEmpty();
            assertThat(read(saved, "number")).containsExactly(7);
            assertThat(saved).hasToString(file + " (4 tensors)");
        }
    }

    @Test
    void mappedTensorsArePrivateAndOutliveTheFile() throws IOException {
        Path path = directory.resolve("values.safetensors");
        write(path, DataType.FP32, 16L << 20);
        byte[] before = Files.readAllBytes(path);
        try (Owned matrix = mapped(path, "matrix")) {
            Memory.run(() -> {
                matrix.tensor().mul_(Tensors.scalar(2));
                assertThat(Tensors.shape(matrix.tensor())).containsExactly(5, 3);
            });
            assertThat(Files.readAllBytes(path)).isEqualTo(before);
            Files.delete(path);
            float[] doubled = Memory.compute(() -> Tensors.toFloats(matrix.tensor()));
            for (int i = 0; i < VALUES.length; i++) {
                assertThat(doubled[i]).isEqualTo(2 * VALUES[i]);
            }
        }
    }

    /// 15 numbers of the matrix come before the vector.
    @ParameterizedTest
    @CsvSource({"FP32, vector", "BF16, matrix"})
    void whatIsNotAlignedOrHasAnotherFormatIsNotMapped(DataType type, String name) throws IOException {
        Path path = directory.resolve("values.safetensors");
        write(path, type, 16L << 20);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.map(name, DataType.FP32)).isEmpty();
        }
    }

    private static Owned mapped(Path path, String name) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return file.map(name, DataType.FP32).orElseThrow();
        }
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void chunksDoNotShow(DataType type) throws IOException {
        Path whole = directory.resolve("whole.safetensors");
        Path pieces = directory.resolve("pieces.safetensors");
        write(whole, type, 16L << 20);
        write(pieces, type, 4); // 15 elements in chunks of 4, 4, 4, 3
        assertThat(pieces).hasSameBinaryContentAs(whole);
        try (SafetensorsFile saved = SafetensorsFile.open(whole)) {
            float[] read = Memory.compute(() -> {
                Tensor target = HostTensors.zeros(DataType.FP32.scalarType(), 5, 3);
                saved.copyInto("matrix", target, 4L * type.bytes());
                return Tensors.toFloats(target);
            });
            assertThat(read).isEqualTo(VALUES);
        }
    }

    @Test
    void tensorsBeginAligned() throws IOException {
        Path file = directory.resolve("values.safetensors");
        write(file, DataType.FP32, 1 << 20);
        long headerLength = ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(0);
        assertThat((Long.BYTES + headerLength) % 64).isZero();
    }

    @Test
    void transposedTensorIsWrittenInItsOwnOrder() throws IOException {
        Path file = directory.resolve("transposed.safetensors");
        Memory.run(() -> {
            try {
                Tensor matrix =
                        HostTensors.floats(new float[] {1, 2, 3, 4, 5, 6}).view(2, 3);
                SafetensorsWriter.write(file, FileTensor.lent(Map.of("t", matrix.t())), DataType.FP32);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        try (SafetensorsFile saved = SafetensorsFile.open(file)) {
            assertThat(read(saved, "t")).containsExactly(1, 4, 2, 5, 3, 6);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "7", "8", "40"})
    void truncatedHeader(int numBytes) throws IOException {
        Path file = directory.resolve("values.safetensors");
        write(file, DataType.FP32, 1 << 20);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), numBytes));
        assertRefused(
                file,
                file + " is not a safetensors file, or only its beginning"
                        + (numBytes == 0 ? ": it is empty; fetch or copy it again" : ""));
    }

    @Test
    void truncatedData() throws IOException {
        Path file = directory.resolve("values.safetensors");
        write(file, DataType.FP32, 1 << 20);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused(file, file + ": tensor 'number' lies outside the file, which is damaged or cut short");
    }

    @Test
    void headerThatIsNotJson() throws IOException {
        Path file = raw("{\"a\": nonsense}", 4);
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(file))
                .withMessageStartingWith(file + " has a damaged safetensors header: not valid JSON at line 1");
    }

    @Test
    void headerThatIsNoObject() throws IOException {
        Path file = raw("[1, 2]", 4);
        assertRefused(file, file + " has a damaged safetensors header: it is not a JSON object");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"F32\" | [2]   | [0, 16]  | lies outside the file, which is damaged or cut short",
                "\"F32\" | [2]   | [8, 4]   | lies outside the file, which is damaged or cut short",
                "\"F32\" | [3]   | [0, 8]   | has 8 bytes, which does not fit F32 of the shape [3]",
                "\"F32\" | [4294967296, 4294967296] | [0, 8] | has 8 bytes, which does not fit F32 of the shape"
                        + " [4294967296, 4294967296]",
                "\"F32\" | [2]   | [-8, 0]  | has a damaged header entry: "
                        + "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}",
                "\"F32\" | [\"2\"] | [0, 8] | has a damaged header entry: "
                        + "{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}",
                "32      | [2]   | [0, 8]   | has a damaged header entry: "
                        + "{\"dtype\":32,\"shape\":[2],\"data_offsets\":[0,8]}",
                "\"F32\" | [2]   | 7        | has a damaged header entry: "
                        + "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":7}"
            })
    void damagedEntry(String type, String shape, String offsets, String problem) throws IOException {
        Path file = raw("{\"a\":{\"dtype\":%s,\"shape\":%s,\"data_offsets\":%s}}".formatted(type, shape, offsets), 8);
        assertRefused(file, file + ": tensor 'a' " + problem);
    }

    /// Old checkpoints carry masks as `BOOL` and `U8` that nobody reads.
    @Test
    void unknownTypeIsRefusedWhenRead() throws IOException {
        Path file = raw("{\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8);
        try (SafetensorsFile saved = SafetensorsFile.open(file)) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> read(saved, "ids"))
                    .withMessage(file + ": tensor 'ids' must have one of the types F32, F16, BF16 but has I64");
        }
    }

    @Test
    void missingTensor() throws IOException {
        Path file = raw("{}", 0);
        try (SafetensorsFile saved = SafetensorsFile.open(file)) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> read(saved, "weight"))
                    .withMessage(file + " has no tensor 'weight'");
        }
    }

    /// Tensors lie one behind the other and fill the file, under names of their own.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "'a':F32 [2] 0 8, 'b':F32 [2] 4 12 | 12 | : tensor 'b' must begin at byte 8, where the one before it"
                        + " ends, but begins at 4; the file is damaged",
                "'a':F32 [2] 0 8, 'b':F32 [2] 0 8 | 8 | : tensor 'b' must begin at byte 8, where the one before it"
                        + " ends, but begins at 0; the file is damaged",
                "'a':F32 [2] 4 12 | 12 | : tensor 'a' must begin at byte 0, where the one before it ends, but begins at"
                        + " 4; the file is damaged",
                "'a':F32 [2] 0 8, 'b':F32 [2] 12 20 | 20 | : tensor 'b' must begin at byte 8, where the one before it"
                        + " ends, but begins at 12; the file is damaged",
                "'a':F32 [2] 0 8 | 12 | has 4 bytes behind its last tensor; it is damaged",
                "'a':F32 [2] 0 8 | 4 | : tensor 'a' lies outside the file, which is damaged or cut short",
                "'a':F32 [2] 0 4 | 4 | : tensor 'a' has 4 bytes, which does not fit F32 of the shape [2]",
                "'a':I64 [2] 0 8 | 8 | : tensor 'a' has 8 bytes, which does not fit I64 of the shape [2]",
                "'a':F99 [2] 0 8 | 8 | : tensor 'a' has 8 bytes, which does not fit F99 of the shape [2]",
            })
    void tensorsThatDoNotFillTheFile(String tensors, int dataBytes, String problem) throws IOException {
        String header = tensors.replaceAll(
                "'(\\w+)':(\\w+) (\\[.*?\\]) (\\d+) (\\d+)",
                "\"$1\":{\"dtype\":\"$2\",\"shape\":$3,\"data_offsets\":[$4,$5]}");
        Path file = raw("{" + header + "}", dataBytes);
        assertRefused(file, file + (problem.startsWith(":") ? problem : " " + problem));
    }

    @Test
    void aNameThatStandsTwice() throws IOException {
        String entry = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}";
        Path file = raw("{" + entry.formatted(0, 4) + "," + entry.formatted(4, 8) + "}", 8);
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(file))
                .withMessageStartingWith(file + " has a damaged safetensors header: the name \"a\" stands twice");
    }

    @Test
    void aHeaderNestedWithoutEnd() throws IOException {
        Path file = raw("[".repeat(100_000), 0);
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(file))
                .withMessageStartingWith(file + " has a damaged safetensors header: ");
    }

    private static void assertRefused(Path file, String message) {
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(file))
                .withMessage(message);
    }

    private static void write(Path file, DataType type, long chunkElements) throws IOException {
        IOException failure = Memory.compute(() -> {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("matrix", HostTensors.floats(VALUES).view(5, 3));
            tensors.put("vector", HostTensors.floats(Arrays.copyOf(VALUES, 4)));
            tensors.put("empty", HostTensors.floats(new float[0]));
            tensors.put("number", HostTensors.floats(new float[] {7}).squeeze());
            try {
                SafetensorsWriter.write(file, FileTensor.lent(tensors), type, chunkElements);
                return new IOException();
            } catch (IOException e) {
                return e;
            }
        });
        assertThat(failure).hasMessage(null);
    }

    private static float[] read(SafetensorsFile file, String name) {
        return Memory.compute(() -> Tensors.toFloats(file.read(name, DataType.FP32)));
    }

    private Path raw(String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        return Files.write(directory.resolve("raw.safetensors"), bytes.array());
    }

    @Test
    void oneTensorIsInMemoryAtATime() throws IOException {
        List<Tensor> made = new ArrayList<>();
        Map<String, FileTensor> tensors = new LinkedHashMap<>();
        for (String name : List.of("first", "second", "third")) {
            tensors.put(name, FileTensor.of(new long[] {2, 3}, () -> {
                assertThat(made.stream().allMatch(tensor -> tensor.isNull()))
                        .as(name)
                        .isTrue();
                made.add(HostTensors.floats(new float[] {1, 2, 3, 4, 5, 6}).view(2, 3));
                return made.getLast();
            }));
        }
        SafetensorsWriter.write(directory.resolve("in-turn.safetensors"), tensors, DataType.FP32);
        assertThat(made).hasSize(3);
    }
}
