package org.betatron.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.Truncation;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;

/// Reads a file of pairs as `align` does, from bytes to rows ready for training, and prints time and memory
/// as one JSON object.
///
/// Nothing is cut, so the number of tokens can be compared. Arguments: tokenizer directory, file of pairs.
public final class ReadingBenchmark {

    private ReadingBenchmark() {}

    /// Reads the file once.
    public static void main(String[] arguments) throws IOException {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(Path.of(arguments[0]))) {
            DataSetLoader loader = new DataSetLoader(
                    tokenizer,
                    ChatTemplate.humanAssistant(),
                    PromptStyle.AS_WRITTEN,
                    Truncation.to(1 << 20, (1 << 20) - 1));
            double[] before = ProcessCounters.read();
            TokenizedDataSet<TokenizedPair> data = loader.pairs(List.of(Path.of(arguments[1])), PreferenceFormat.AUTO);
            double[] after = ProcessCounters.read();
            long peak = peakHeap();
            System.gc();
            long live = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            long anonymous = residentKib("RssAnon");
            long tokens = 0;
            double visited = -System.nanoTime() * 1e-9;
            for (TokenizedPair row : data.rows()) {
                tokens += row.numTokens();
            }
            visited += System.nanoTime() * 1e-9;
            System.out.printf(
                    Locale.ROOT,
                    "{\"rows\": %d, \"tokens\": %d, \"seconds\": %.3f, \"cpuSeconds\": %.3f, \"peakHeapMiB\": %.1f,"
                            + " \"liveHeapMiB\": %.1f, \"anonymousMiB\": %.1f, \"mappedMiB\": %.1f,"
                            + " \"peakResidentMiB\": %.1f, \"visitSeconds\": %.3f}%n",
                    data.rows().size(),
                    tokens,
                    after[0] - before[0],
                    after[1] - before[1],
                    peak / 0x1p20,
                    live / 0x1p20,
                    anonymous / 0x1p10,
                    residentKib("RssFile") / 0x1p10,
                    residentKib("VmHWM") / 0x1p10,
                    visited);
        }
    }

    private static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }

    /// Linux only.
    private static long residentKib(String entry) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(entry + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
