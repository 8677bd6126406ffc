package org.betatron.runs.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.betatron.core.files.Directories;
import org.betatron.core.files.DirectoryLock;
import org.betatron.core.files.StagedFiles;
import org.betatron.core.run.RunFiles;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.tuning.Halving;
import org.betatron.evaluation.tuning.TuneCell;
import org.betatron.evaluation.tuning.TunePoint;
import org.betatron.training.run.Settings;

/// What a tuning goes on by: its settings, its plan, and what was measured of each setting, with
/// checksums.
///
/// @param root directory of the tuning
record TuneFiles(Path root) {

    private static final String SETTINGS = "settings.json";
    private static final String PLAN = "plan.json";
    private static final String CELL = "cell.json";

    /// Settings by name.
    private record Made(Map<String, String> settings) {}

    /// How many steps a run has, where all start, and where they are compared.
    record Plan(long steps, TunePoint start, List<Halving.Rung> rungs) {}

    /// Makes the directory, or finds it as the same tuning left it.
    ///
    /// @throws IllegalArgumentException if something else lies there, or a tuning with other
    ///     settings
    void claim(Settings settings) {
        try {
            StagedFiles.removeLeftovers(root);
            if (!Files.exists(root.resolve(SETTINGS))) {
                if (Files.exists(root.resolve(PLAN))) {
                    throw lost(SETTINGS);
                }
                if (Directories.list(root).stream().anyMatch(entry -> !entry.endsWith(DirectoryLock.FILE))) {
                    throw new IllegalArgumentException(
                            "--out " + root + " must be new, empty, or the directory of the same tuning");
                }
                write(root, SETTINGS, new Made(settings.values()));
                return;
            }
            // Without its plan it would look as if nothing had been measured, and be taken back if it failed.
            if (!Files.exists(root.resolve(PLAN)) && isMeasured()) {
                throw lost(PLAN);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + root, e);
        }
        List<String> differences = settings.differencesFrom(
                read(root, SETTINGS, Made.class).orElseThrow().settings());
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException("--out " + root + " holds a tuning with other settings: "
                    + String.join("; ", differences) + "; give the same command, or another directory");
        }
    }

    private IllegalArgumentException lost(String file) {
        return new IllegalArgumentException("--out " + root + " holds a tuning whose " + file
                + " is missing: put it back from a copy, or give another directory");
    }

    /// @return whether a setting was measured, which begins with a plan
    private boolean isMeasured() throws IOException {
        Path all = root.resolve("settings");
        return Files.isDirectory(all)
                && Directories.list(all).stream().anyMatch(setting -> Files.exists(setting.resolve(CELL)));
    }

    /// Takes back a tuning that failed before anything was measured, so that it can begin again
    /// once the cause is mended.
    void release() {
        if (plan().isEmpty()) {
            try {
                for (String name : List.of(SETTINGS, "settings")) {
                    Directories.delete(root.resolve(name));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot take back " + root, e);
            }
        }
    }

    Optional<Plan> plan() {
        return read(root, PLAN, Plan.class);
    }

    void keep(Plan plan) {
        write(root, PLAN, plan);
    }

    /// @param setting name of its directory
    Path directory(String setting) {
        return root.resolve("settings").resolve(setting);
    }

    /// @param setting name of its directory
    Path run(String setting) {
        return directory(setting).resolve("run");
    }

    /// @param setting name of its directory
    Optional<TuneCell> cell(String setting) {
        return read(directory(setting), CELL, TuneCell.class);
    }

    /// @param setting name of its directory
    void keep(String setting, TuneCell cell) {
        write(directory(setting), CELL, cell);
    }

    /// Deletes what a run would need to go on, and its model.
    ///
    /// @param setting name of its directory
    void drop(String setting) {
        try {
            Directories.delete(run(setting).resolve(RunFiles.CHECKPOINTS));
            Directories.delete(run(setting).resolve(RunFiles.MODEL));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the checkpoints of " + run(setting), e);
        }
    }

    /// Removes a run that ended before it had written its recipe.
    ///
    /// @param setting name of its directory
    /// @return whether there is a run to go on with
    boolean isBegun(String setting) {
        boolean begun = Files.exists(run(setting).resolve(RunFiles.RECIPE));
        try {
            if (!begun) {
                Directories.delete(run(setting));
                Files.createDirectories(directory(setting));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory(setting), e);
        }
        return begun;
    }

    /// @param text of the recipe to run
    Path recipe(String text) {
        Path file = root.resolve(RunFiles.RECIPE);
        try {
            StagedFiles.write(file, partial -> Files.writeString(partial, text));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }

    /// Record and checksum go into place together: whenever the process ends, both are of one
    /// moment.
    private static void write(Path directory, String file, Record record) {
        String line = RecordLines.lines(List.of(record)).getFirst();
        try {
            Files.createDirectories(directory);
            StagedFiles.write(
                    directory.resolve(file),
                    partial -> Files.writeString(partial, line + "\n" + checksum(line) + "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    private static <T extends Record> Optional<T> read(Path directory, String name, Class<T> type) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            String[] lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1);
            if (lines.length == 3 && lines[1].equals(checksum(lines[0])) && lines[2].isEmpty()) {
                return Optional.of(RecordLines.read(lines[0], type));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        throw new IllegalArgumentException(
                file + " has other bytes than were written: put it back from a copy, or delete " + directory
                        + ", and what it held is made again");
    }

    private static String checksum(String line) {
        CRC32C sum = new CRC32C();
        sum.update(line.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
