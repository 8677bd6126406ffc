package org.betatron.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.betatron.core.files.Directories;
import org.betatron.core.files.StagedFiles;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.TrainableModel;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The checkpoints of a run, one directory per step:
///
/// ```text
/// checkpoints/step-00000100/model/                  as TrainableModel saves it, with its side files
///                           optimizer.bin           moments, as Optimizer saves them
///                           reference/              the reference, where it follows the policy
///                           state.json              identity and state of the run
/// ```
///
/// A directory with that name is whole: it is written beside and moved into place. Older ones go
/// only after a newer one is in place. One writer at a time.
public final class Checkpoints {

    private static final String PREFIX = "step-";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;
    private final int keep;
    private final SideFiles sideFiles;

    /// @param directory where checkpoints go; made with the first one
    /// @param keep      newest checkpoints that stay, ≥ 1
    /// @param sideFiles what goes with the model
    public Checkpoints(Path directory, int keep, SideFiles sideFiles) {
        if (keep < 1) {
            throw new IllegalArgumentException("keepCheckpoints must be at least 1 but was " + keep);
        }
        this.directory = directory;
        this.keep = keep;
        this.sideFiles = sideFiles;
    }

    /// Writes a checkpoint and removes those that are no longer kept.
    ///
    /// @param reference the reference model, if it follows the policy
    /// @return the new checkpoint
    /// @throws TrainingException if it cannot be written, and earlier checkpoints stay as they
    ///     were; or if older ones cannot be removed
    public Checkpoint write(
            TrainableModel model,
            Optimizer optimizer,
            Optional<TrainableModel> reference,
            RunIdentity identity,
            TrainingState state) {
        Path target = directory.resolve(PREFIX + String.format(Locale.ROOT, "%08d", state.step()));
        Checkpoint checkpoint = new Checkpoint(target, identity, state);
        try {
            StagedFiles.writeDirectory(target, partial -> {
                sideFiles.write(Files.createDirectory(partial.resolve(Checkpoint.MODEL)), model::save);
                optimizer.save(partial.resolve(Checkpoint.OPTIMIZER));
                if (reference.isPresent()) {
                    reference.get().save(Files.createDirectory(partial.resolve(Checkpoint.REFERENCE)));
                }
                Files.writeString(
                        partial.resolve(Checkpoint.STATE), JSON.writeValueAsString(new Saved(identity, state)));
            });
        } catch (IOException e) {
            throw new TrainingException(
                    "checkpoint " + target + " cannot be written: " + e.getMessage() + "; " + lastWhole()
                            + ": free space, then resume the run",
                    e);
        }
        prune();
        return checkpoint;
    }

    /// @return the newest checkpoint, empty if there is none
    /// @throws TrainingException if it cannot be read
    public Optional<Checkpoint> latest() {
        try {
            List<Path> all = whole();
            return all.isEmpty() ? Optional.empty() : Optional.of(read(all.getLast()));
        } catch (IOException e) {
            throw new TrainingException("checkpoints in " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Checkpoint read(Path checkpoint) throws IOException {
        try {
            Saved saved = JSON.readValue(Files.readString(checkpoint.resolve(Checkpoint.STATE)), Saved.class);
            return new Checkpoint(checkpoint, saved.identity(), saved.state());
        } catch (JacksonException e) {
            throw new TrainingException(
                    checkpoint.resolve(Checkpoint.STATE) + " cannot be understood: " + e.getOriginalMessage()
                            + "; delete " + checkpoint + " to resume from the checkpoint before it",
                    e);
        }
    }

    private void prune() {
        try {
            List<Path> all = whole();
            for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
                StagedFiles.remove(old);
            }
        } catch (IOException e) {
            throw new TrainingException(
                    "old checkpoints in " + directory + " cannot be removed: " + e.getMessage()
                            + "; make the directory writable, then resume the run",
                    e);
        }
    }

    private List<Path> whole() throws IOException {
        return Directories.list(directory).stream()
                .filter(path -> path.getFileName().toString().startsWith(PREFIX))
                .toList();
    }

    private String lastWhole() {
        try {
            List<Path> all = whole();
            return all.isEmpty() ? "there is no earlier checkpoint" : "the last whole one is " + all.getLast();
        } catch (IOException e) {
            return "earlier checkpoints cannot be listed (" + e.getMessage() + ")";
        }
    }

    /// What `state.json` holds.
    record Saved(RunIdentity identity, TrainingState state) {
        Saved {
            // JSON may lack either.
            Objects.requireNonNull(identity, "identity");
            Objects.requireNonNull(state, "state");
        }
    }
}
