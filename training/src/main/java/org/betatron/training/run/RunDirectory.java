package org.betatron.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// The directory of one run:
///
/// ```text
/// recipe.yaml         the resolved recipe, as the caller gave it
/// metrics.jsonl       one line per logged step
/// dropped.jsonl       rows that could not be used, written by the caller
/// transformed.jsonl   what was done to training rows, written by the caller
/// checkpoints/        see Checkpoints
/// data.json           counts and lengths of the training files, written by the caller
/// samples.jsonl       answers before and after, written by the caller
/// gaps-*.jsonl        gaps of the rows to measure on, written by the caller
/// report.html         all of it to look at, written by the caller
/// model/              the trained model with its tokenizer, once the run has ended
/// ```
///
/// A second run never writes into the directory of a first one. One process at a time.
public final class RunDirectory {

    private final Path root;

    private RunDirectory(Path root) {
        this.root = root;
    }

    /// Makes the directory of a new run and writes its recipe.
    ///
    /// @param root   directory that does not exist, or is empty
    /// @param recipe text of the resolved recipe
    /// @throws TrainingException if there is something in it already, or it cannot be written
    public static RunDirectory create(Path root, String recipe) {
        RunDirectory run = new RunDirectory(root);
        try {
            if (Files.exists(run.recipeFile())) {
                throw new TrainingException(
                        root + " already holds a run; resume it, or choose another directory for a new one");
            }
            if (Files.exists(root)
                    && (!Files.isDirectory(root) || !AtomicFiles.list(root).isEmpty())) {
                throw new TrainingException(root + " must be an empty directory, or not exist, for a new run");
            }
            Files.createDirectories(root);
            AtomicFiles.writeFile(run.recipeFile(), partial -> Files.writeString(partial, recipe));
            return run;
        } catch (IOException e) {
            throw new TrainingException("run directory " + root + " cannot be made: " + e.getMessage(), e);
        }
    }

    /// @param root directory of a run that was started before
    /// @throws TrainingException if there is none
    public static RunDirectory existing(Path root) {
        RunDirectory run = new RunDirectory(root);
        if (!Files.exists(run.recipeFile())) {
            throw new TrainingException(root + " holds no run to resume: " + run.recipeFile() + " is missing");
        }
        return run;
    }

    public Path root() {
        return root;
    }

    public Path recipeFile() {
        return root.resolve("recipe.yaml");
    }

    public Path droppedRowsFile() {
        return root.resolve("dropped.jsonl");
    }

    public Path transformedRowsFile() {
        return root.resolve("transformed.jsonl");
    }

    public Path modelDirectory() {
        return root.resolve("model");
    }

    public MetricsLog metrics() {
        return new MetricsLog(root.resolve("metrics.jsonl"));
    }

    /// @param keep newest checkpoints that stay, ≥ 1
    public Checkpoints checkpoints(int keep) {
        return new Checkpoints(root.resolve("checkpoints"), keep);
    }

    /// Saves the trained model into [#modelDirectory], replacing one that is there.
    ///
    /// @param model     writes the model into a directory, for example `model::save`
    /// @param sideFiles files that go with it, for example `tokenizer.json`; where the model
    ///     writes a file of the same name, the model's stays
    /// @throws TrainingException if it cannot be written; a model that was there stays whole then
    public void saveModel(ModelWriter model, List<Path> sideFiles) {
        Path target = modelDirectory();
        Path old = target.resolveSibling(".partial-old-model");
        try {
            AtomicFiles.deletePartials(root);
            Path fresh = target.resolveSibling(".partial-new-model");
            AtomicFiles.writeDirectory(fresh, partial -> {
                for (Path file : sideFiles) {
                    Files.copy(file, partial.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
                model.writeInto(partial);
            });
            // A directory that is not empty cannot be replaced in one move.
            if (Files.exists(target)) {
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            AtomicFiles.sync(root);
            AtomicFiles.deleteTree(old);
        } catch (IOException e) {
            throw new TrainingException(
                    "model " + target + " cannot be written: " + e.getMessage()
                            + "; free space, then resume the run from its last checkpoint",
                    e);
        }
    }

    /// Writes a model into an existing directory.
    @FunctionalInterface
    public interface ModelWriter {

        void writeInto(Path directory) throws IOException;
    }
}
