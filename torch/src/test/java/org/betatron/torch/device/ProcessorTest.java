package org.betatron.torch.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {

    @ParameterizedTest
    @CsvSource({
        "avx2, '', false", // most laptops, AMD before Zen 4
        "avx512bw, '', false", // Skylake
        "avx512_bf16, '', true", // Zen 4, Cooper Lake
        "amx_bf16, '', true",
        "avx_ne_convert, '', true", // Arrow Lake
        "avx512_bf16, AVX2, false",
        "avx512_bf16, avx512_core, false",
        "avx512_bf16, AVX512_CORE_BF16, true",
        "avx512_bf16, AVX2_VNNI_2, false",
        "avx_ne_convert, AVX2_VNNI_2, true",
        "avx512_bf16, ALL, true",
        "avx512_bf16, a word that oneDNN does not know, true"
    })
    void hasFastBf16ByItsInstructionsAndWhatOneDnnMayUse(String flag, String limit, boolean fast) {
        assertThat(Processor.hasFastBf16(Set.of("sse", flag), Optional.of(limit).filter(text -> !text.isEmpty())))
                .isEqualTo(fast);
    }

    @Test
    void readsInstructionsAsLinuxListsThem(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("cpuinfo"), """
                processor\t: 0
                vmx flags\t: ept
                flags\t\t: fpu avx2 avx512_bf16
                """);
        assertThat(Processor.flags(file)).contains("fpu", "avx2", "avx512_bf16").doesNotContain("ept");
        assertThat(Processor.flags(directory.resolve("nowhere"))).isEmpty();
    }

    @Test
    void isFoundOnce() {
        assertThat(Processor.here()).isSameAs(Processor.here());
    }
}
