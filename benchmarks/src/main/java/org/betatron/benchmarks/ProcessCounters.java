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

    /// Place of the minor page faults in `/proc/self/stat`, counted after the command's name.
    private static final int MINOR_FAULTS = 7;

    private ProcessCounters() {}

    /// @return wall time in s, processor time of all threads in s, minor page faults
    static double[] read() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return new double[] {
                System.nanoTime() * 1e-9, SYSTEM.getProcessCpuTime() * 1e-9, Double.parseDouble(fields[MINOR_FAULTS])
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
