package org.betatron.training.run;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// How much memory there is, and how much this process has needed, native memory included.
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /// @return memory of the machine, or of the container that this process runs in, bytes
    public static long ofMachine() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /// @return largest resident size since the process started, bytes; empty where the system does
    ///     not say
    public static OptionalLong peakBytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                // "VmHWM:     12345 kB"
                if (line.startsWith("VmHWM:")) {
                    return OptionalLong.of(1024 * Long.parseLong(line.replaceAll("\\D", "")));
                }
            }
        } catch (IOException e) {
            // Not Linux, or a kernel without procfs: the metric is left out.
        }
        return OptionalLong.empty();
    }
}
