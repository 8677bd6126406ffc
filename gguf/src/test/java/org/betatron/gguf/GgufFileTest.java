package org.betatron.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Against the file that `parity/gguf_blocks.py` wrote with PyPI's `gguf`.
class GgufFileTest {

    static final Path RECORDED = Path.of("src/test/resources/org/betatron/gguf/blocks.gguf");

    @TempDir
    Path temporary;

    private static GgufTensor tensor(GgufFile file, String name) {
        return Objects.requireNonNull(file.tensors().get(name), name);
    }

    private static float[] read(GgufFile file, String name) {
        GgufTensor tensor = tensor(file, name);
        float[] numbers = new float[(int) tensor.count()];
        file.widen(tensor, 0, tensor.count() / tensor.width(), numbers);
        return numbers;
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatIsReadBitByBit(GgufType type) throws IOException {
        try (GgufFile file = GgufFile.open(RECORDED)) {
            assertThat(tensor(file, type.name()).type()).isEqualTo(type);
            assertThat(tensor(file, type.name()).shape()).containsExactly(3L, 256L);
            assertThat(read(file, type.name())).containsExactly(read(file, type + ".float32"));
        }
    }

    @Test
    void aPartIsReadWhereItLies() throws IOException {
        try (GgufFile file = GgufFile.open(RECORDED)) {
            float[] two = new float[512];
            file.widen(tensor(file, "Q5_K"), 1, 2, two);
            float[] all = read(file, "Q5_K.float32");
            assertThat(two).containsExactly(java.util.Arrays.copyOfRange(all, 256, 768));
        }
    }

    @Test
    void metadataOfEveryType() throws IOException {
        try (GgufFile file = GgufFile.open(RECORDED)) {
            GgufMetadata metadata = file.metadata();
            assertThat(metadata.whole("test.uint8")).contains(200L);
            assertThat(metadata.whole("test.int8")).contains(-100L);
            assertThat(metadata.whole("test.uint16")).contains(60000L);
            assertThat(metadata.whole("test.int16")).contains(-30000L);
            assertThat(metadata.whole("test.uint32")).contains(4_000_000_000L);
            assertThat(metadata.whole("test.int32")).contains(-2_000_000_000L);
            assertThat(metadata.whole("test.uint64")).contains(1L << 62);
            assertThat(metadata.whole("test.int64")).contains(-(1L << 62));
            assertThat(metadata.number("test.float32")).contains((double) 0.1f);
            assertThat(metadata.number("test.float64")).contains(0.1);
            assertThat(metadata.number("test.uint8")).contains(200.0);
            assertThat(metadata.flag("test.bool")).contains(true);
            assertThat(metadata.text("test.text")).contains("Grüße, 世界");
            assertThat(metadata.texts("test.texts")).contains(List.of("a", "", "Ġb"));
            assertThat(metadata.wholes("test.wholes")).contains(List.of(1L, -2L, 3L));
            assertThat(metadata.numbers("test.numbers")).contains(List.of(0.5, -1.5));
            assertThat(metadata.text("test.none")).isEmpty();
            assertThatExceptionOfType(GgufException.class)
                    .isThrownBy(() -> metadata.whole("test.text"))
                    .withMessage(RECORDED + ": test.text must be a whole number but is a text");
            assertThatExceptionOfType(GgufException.class)
                    .isThrownBy(() -> metadata.texts("test.wholes"))
                    .withMessage(RECORDED + ": test.wholes must be a list of texts but holds a whole number");
        }
    }

    /// What is written holds the same bytes as what `gguf` quantised.
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "Q8_0"})
    void whatIsWrittenIsWhatGgufWrites(GgufType type) throws IOException {
        Path file = temporary.resolve("written.gguf");
        try (GgufFile recorded = GgufFile.open(RECORDED)) {
            float[] numbers = read(recorded, type + ".source");
            Map<String, Object> metadata = new LinkedHashMap<>();
            metadata.put("general.architecture", "test");
            metadata.put("test.wide", 1L << 40);
            metadata.put("test.small", 7);
            metadata.put("test.number", 0.25f);
            metadata.put("test.texts", List.of("x", "yy"));
            metadata.put("test.flag", false);
            List<GgufWriter.Source> tensors = new ArrayList<>();
            for (GgufType each : List.of(type, GgufType.F32)) {
                tensors.add(new GgufWriter.Source(
                        "as " + each,
                        List.of(3L, 256L),
                        each,
                        (first, count, target) ->
                                System.arraycopy(numbers, (int) first * 256, target, 0, count * 256)));
            }
            GgufWriter.write(file, metadata, tensors);
            try (GgufFile written = GgufFile.open(file)) {
                assertThat(written.metadata().values())
                        .containsEntry("test.wide", 1L << 40)
                        .containsEntry("test.small", 7L)
                        .containsEntry("test.number", 0.25)
                        .containsEntry("test.texts", List.of("x", "yy"))
                        .containsEntry("test.flag", false);
                assertThat(read(written, "as " + type)).containsExactly(read(recorded, type + ".float32"));
                assertThat(read(written, "as F32")).containsExactly(numbers);
            }
        }
    }

    @Test
    void aFileOfAnotherKindIsNamed() throws IOException {
        Path text = Files.writeString(temporary.resolve("a.gguf"), "x".repeat(100));
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufFile.open(text))
                .withMessage(text + " is not a GGUF file: it does not begin with GGUF");
        Path empty = Files.writeString(temporary.resolve("b.gguf"), "");
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufFile.open(empty))
                .withMessage(empty + " is not a GGUF file: it has 0 bytes");
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufFile.open(temporary))
                .withMessage(temporary + " must be a file but is a directory");
    }

    @Test
    void anotherVersionOrByteOrderIsNamed() throws IOException {
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufFile.open(changed(bytes -> bytes.putInt(4, 1))))
                .withMessageContaining("has version 1 of GGUF; versions 2 and 3 are read");
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufFile.open(changed(bytes -> bytes.putInt(4, 0x03000000))))
                .withMessageContaining("is big-endian");
    }

    @Test
    void numbersAreNotBelievedBeforeTheBytesAreThere() throws IOException {
        for (long huge : new long[] {Long.MAX_VALUE, 1L << 40, 1L << 30, -1}) {
            assertThatExceptionOfType(GgufException.class)
                    .isThrownBy(() -> GgufFile.open(changed(bytes -> bytes.putLong(8, huge))));
            assertThatExceptionOfType(GgufException.class)
                    .isThrownBy(() -> GgufFile.open(changed(bytes -> bytes.putLong(16, huge))));
            assertThatExceptionOfType(GgufException.class)
                    .isThrownBy(() -> GgufFile.open(changed(bytes -> bytes.putLong(24, huge))));
        }
    }

    /// A file that was cut anywhere is refused, and one with other bytes in its header is read or
    /// refused: nothing else is thrown.
    @Test
    void damageIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(RECORDED);
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 60; i++) {
            Path cut = temporary.resolve("cut.gguf");
            Files.write(cut, java.util.Arrays.copyOf(whole, random.nextInt(whole.length - 64)));
            assertThatExceptionOfType(GgufException.class).isThrownBy(() -> GgufFile.open(cut));
        }
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = whole.clone();
            for (int flips = 0; flips <= random.nextInt(3); flips++) {
                bytes[random.nextInt(2600)] = (byte) random.nextInt(256);
            }
            Path flipped = temporary.resolve("flipped.gguf");
            Files.write(flipped, bytes);
            try (GgufFile file = GgufFile.open(flipped)) {
                file.tensors().values().forEach(tensor -> read(file, tensor.name()));
            } catch (GgufException e) {
                assertThat(e).hasMessageStartingWith(flipped.toString());
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    private Path changed(java.util.function.Consumer<ByteBuffer> change) throws IOException {
        byte[] bytes = Files.readAllBytes(RECORDED);
        assertThat(new String(bytes, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("GGUF");
        change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        return Files.write(temporary.resolve("changed.gguf"), bytes);
    }
}
