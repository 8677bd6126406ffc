package org.betatron.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the process has used so far; Linux only.
final class ProcessCounters {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /// Places in `/proc/self/stat`, counted after the command's name.
    private static final int MINOR_FAULTS = 7;

    private static final int SYSTEM_TICKS = 12;

    /// Linux counts hundredths of a second here, whatever the kernel's own tick is.
    private static final double SECONDS_PER_TICK = 0.01;

    private ProcessCounters() {}

    /// @return wall time in s, processor time of all threads in s, the part of it that the system took in s,
    ///     minor page faults
    static double[] read() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return new double[] {
                System.nanoTime() * 1e-9,
                SYSTEM.getProcessCpuTime() * 1e-9,
                Double.parseDouble(fields[SYSTEM_TICKS]) * SECONDS_PER_TICK,
                Double.parseDouble(fields[MINOR_FAULTS])
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
