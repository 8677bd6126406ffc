package org.betatron.torch.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// What a processor can do with libtorch that others cannot.
///
/// @param multipliesBf16 whether it has instructions for bf16 products that libtorch uses; others multiply bf16
///     number by number, some fifteen times slower than float32
/// @param packsFloat32   whether oneDNN multiplies with float32 matrices that were rearranged before
/// @param packsBf16      the same with bf16 matrices
public record Processor(boolean multipliesBf16, boolean packsFloat32, boolean packsBf16) {

    /// Rearranges a matrix for products.
    public static final String PACK = "mkldnn::_reorder_linear_weight";

    /// What Linux calls the instructions that oneDNN multiplies bf16 with.
    private static final String SMALL = "avx_ne_convert";

    private static final Set<String> BF16_FLAGS = Set.of("avx512_bf16", "amx_bf16", SMALL);

    /// Values of `ONEDNN_MAX_CPU_ISA` that leave none of them, and the one that leaves the last.
    private static final Set<String> WITHOUT_BF16 =
            Set.of("sse41", "avx", "avx2", "avx2_vnni", "avx512_core", "avx512_core_vnni");

    private static final String SMALL_ONLY = "avx2_vnni_2";

    private static final class Here {
        private static final Processor FOUND = find();
    }

    /// @return the processor that this process runs on; found out at the first call, which loads libtorch
    public static Processor here() {
        NativeLibraries.load();
        return Here.FOUND;
    }

    private static Processor find() {
        Optional<String> limit = Stream.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
                .flatMap(name -> Optional.ofNullable(System.getenv(name)).stream())
                .findFirst();
        return new Processor(
                hasFastBf16(flags(Path.of("/proc/cpuinfo")), limit),
                packs(ScalarType.Float),
                packs(ScalarType.BFloat16));
    }

    /// @param flags instructions that it has, as Linux names them
    /// @param limit what oneDNN may use of them, if that is limited
    static boolean hasFastBf16(Set<String> flags, Optional<String> limit) {
        String isa = limit.orElse("").toLowerCase(Locale.ROOT);
        return isa.equals(SMALL_ONLY)
                ? flags.contains(SMALL)
                : !WITHOUT_BF16.contains(isa) && BF16_FLAGS.stream().anyMatch(flags::contains);
    }

    /// @param file what Linux says of the processors
    /// @return instructions of the first; none where nothing is said
    static Set<String> flags(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> Arrays.stream(
                                    line.substring(line.indexOf(':') + 1).split("\\s+"))
                            .collect(Collectors.toSet()))
                    .orElse(Set.of());
        } catch (IOException e) {
            return Set.of();
        }
    }

    /// Tries it: the operator is there on every processor, and refuses on some.
    private static boolean packs(ScalarType type) {
        try (Tensor ones = torch.ones(16, 16);
                Tensor matrix = ones.to(type);
                IValue value = new IValue(matrix);
                IValue rows = new IValue(16L);
                IValueVector stack = new IValueVector(value, rows)) {
            Dispatcher.singleton().findSchemaOrThrow(PACK, "").callBoxed(stack);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
