package org.betatron.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.Directories;
import org.betatron.core.files.DirectoryLock;
import org.betatron.core.files.StagedFiles;
import org.betatron.core.run.RunFiles;

/// The directory of one run, whose files [RunFiles] names.
///
/// A second run never writes into the directory of a first one, and two that write into it at the same time
/// are refused: a run holds the file `.lock` in it until [#close], or until its process ends.
public final class RunDirectory implements AutoCloseable {

    /// What a run goes on by.
    private static final Set<String> SETTINGS = Set.of(RunFiles.RECIPE, RunFiles.CHANGES);

    private final Path root;

    /// Absent where the directory is only read.
    private final Optional<DirectoryLock> lock;

    private final SideFiles sideFiles;

    private RunDirectory(Path root, Optional<DirectoryLock> lock, SideFiles sideFiles) {
        this.root = root;
        this.lock = lock;
        this.sideFiles = sideFiles;
    }

    /// Makes the directory of a new run, holds it, and writes its recipe.
    ///
    /// @param root      directory that does not exist, or is empty
    /// @param recipe    text of the resolved recipe
    /// @param sideFiles what goes with every model of the run
    /// @return to be closed by the caller, which lets the next run in
    /// @throws RunDirectoryException if there is something in it already, or another run is about to begin in it
    /// @throws TrainingException     if it cannot be written
    public static RunDirectory create(Path root, String recipe, SideFiles sideFiles) {
        try {
            // No lock file between files of somebody else; where there is one, who holds it is to be said first.
            if (!Files.exists(root.resolve(DirectoryLock.FILE))) {
                requireUnused(root);
            }
            Files.createDirectories(root);
            return begun(root, sideFiles, () -> {
                requireUnused(root);
                StagedFiles.write(root.resolve(RunFiles.RECIPE), partial -> Files.writeString(partial, recipe));
                Checksums.write(root, SETTINGS);
            });
        } catch (IOException e) {
            throw new TrainingException("run directory " + root + " cannot be made: " + e.getMessage(), e);
        }
    }

    /// Holds the directory of a run to go on with it, and removes what it left half written if it was killed.
    ///
    /// @param root      directory of a run that was started before
    /// @param sideFiles what goes with every model of the run
    /// @return to be closed by the caller, which lets the next run in
    /// @throws RunDirectoryException if there is none, or it still goes on
    /// @throws TrainingException     if it cannot be written
    public static RunDirectory resume(Path root, SideFiles sideFiles) {
        existing(root);
        try {
            return begun(root, sideFiles, () -> {
                StagedFiles.removeLeftovers(root);
                // What the run writes anew from here on is noted when it ends.
                Checksums.write(root, SETTINGS);
            });
        } catch (IOException e) {
            throw new TrainingException("run directory " + root + " cannot be locked: " + e.getMessage(), e);
        }
    }

    /// Opens the directory of a run to read, whether it still goes on or not.
    ///
    /// @param root directory of a run that was started before
    /// @throws RunDirectoryException if there is none, or its settings are not as they were written
    public static RunDirectory existing(Path root) {
        RunDirectory run = new RunDirectory(root, Optional.empty(), SideFiles.NONE);
        if (!Files.exists(run.recipeFile())) {
            throw new RunDirectoryException(root + " holds no run: " + run.recipeFile() + " is missing");
        }
        Checksums.damage(root, SETTINGS::contains).ifPresent(damage -> {
            throw new RunDirectoryException(damage);
        });
        return run;
    }

    private static RunDirectory begun(Path root, SideFiles sideFiles, Beginning beginning) throws IOException {
        DirectoryLock lock = DirectoryLock.of(
                root,
                holder -> new RunDirectoryException(
                        root + " is in use by a run that still goes on" + holder + ", or choose another directory"));
        try {
            beginning.run();
            return new RunDirectory(root, Optional.of(lock), sideFiles);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void requireUnused(Path root) throws IOException {
        if (Files.exists(root.resolve(RunFiles.RECIPE))) {
            throw new RunDirectoryException(
                    root + " already holds a run; resume it, or choose another directory for a new one");
        }
        boolean isUsed = (Files.exists(root) && !Files.isDirectory(root))
                || Directories.list(root).stream().anyMatch(entry -> !entry.endsWith(DirectoryLock.FILE));
        if (isUsed) {
            throw new RunDirectoryException(root + " must be an empty directory, or not exist, for a new run");
        }
    }

    /// Removes the directory of a run that came to nothing: if nothing lies in it but its first files.
    ///
    /// @param others files that count as such, beside the recipe
    /// @throws TrainingException if it cannot be removed
    public void discardIfOnly(Set<Path> others) {
        try {
            List<Path> entries = Directories.list(root);
            Set<Path> own = Set.of(recipeFile(), root.resolve(Checksums.FILE), root.resolve(DirectoryLock.FILE));
            if (entries.stream().allMatch(entry -> own.contains(entry) || others.contains(entry))) {
                Directories.delete(root);
            }
        } catch (IOException e) {
            throw new TrainingException("run directory " + root + " cannot be removed: " + e.getMessage(), e);
        }
    }

    /// Notes what was written, and lets the next run in. What is in the directory stays.
    @Override
    public void close() {
        if (lock.isEmpty()) {
            return;
        }
        try {
            try {
                if (Files.exists(recipeFile())) {
                    Checksums.write(root, RunFiles.READ_AGAIN);
                }
            } finally {
                lock.get().close();
            }
        } catch (IOException e) {
            throw new TrainingException("the directory " + root + " cannot be let go: " + e.getMessage(), e);
        }
    }

    /// What has to be done in a directory once it is held.
    @FunctionalInterface
    private interface Beginning {

        void run() throws IOException;
    }

    public Path root() {
        return root;
    }

    public Path recipeFile() {
        return root.resolve(RunFiles.RECIPE);
    }

    /// Writes down settings that changed when the run went on.
    ///
    /// @param yaml the settings; empty if it goes on as it was begun
    /// @throws TrainingException if it cannot be written
    public void changes(String yaml) {
        Path file = root.resolve(RunFiles.CHANGES);
        try {
            if (yaml.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                StagedFiles.write(file, partial -> Files.writeString(partial, yaml));
            }
            Checksums.write(root, SETTINGS);
        } catch (IOException e) {
            throw new TrainingException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /// @return fingerprint of the text of the recipe
    /// @throws TrainingException if it cannot be read
    public String recipeFingerprint() {
        try {
            return Fingerprint.of(Files.readString(recipeFile()));
        } catch (IOException e) {
            throw new TrainingException("recipe " + recipeFile() + " cannot be read: " + e.getMessage(), e);
        }
    }

    public Path droppedRowsFile() {
        return root.resolve(RunFiles.DROPPED);
    }

    public Path transformedRowsFile() {
        return root.resolve(RunFiles.TRANSFORMED);
    }

    public Path modelDirectory() {
        return root.resolve(RunFiles.MODEL);
    }

    public MetricsLog metrics() {
        return new MetricsLog(root.resolve(RunFiles.METRICS));
    }

    /// @param keep newest checkpoints that stay, ≥ 1
    public Checkpoints checkpoints(int keep) {
        return new Checkpoints(root.resolve(RunFiles.CHECKPOINTS), keep, sideFiles);
    }

    /// Saves the trained model with its side files into [#modelDirectory], replacing one that is there.
    ///
    /// @param model writes the model into a directory, for example `model::save`
    /// @throws TrainingException if it cannot be written; a model that was there stays whole then
    public void saveModel(SideFiles.ModelWriter model) {
        Path target = modelDirectory();
        try {
            StagedFiles.writeDirectory(target, partial -> {
                sideFiles.write(partial, model);
                Checksums.write(partial);
            });
        } catch (IOException e) {
            throw new TrainingException(
                    "model " + target + " cannot be written: " + e.getMessage()
                            + "; free space, then resume the run from its last checkpoint",
                    e);
        }
    }
}
