package org.betatron.training.run;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.betatron.core.files.Checksums;
import org.betatron.core.files.Directories;
import org.betatron.core.files.StagedFiles;
import org.betatron.core.model.TrainableModel;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The checkpoints of a run, one directory per step:
///
/// ```text
/// checkpoints/step-00000100/model/                  as TrainableModel saves it, with its side files
///                           optimizer.bin           moments, as Optimizer saves them
///                           NAME/                   another model that the run moves, a critic for example
///                           NAME.optimizer.bin      its moments
///                           reference/              the reference, where it follows the policy
///                           state.json              identity and state of the run, and what its rule remembers
///                           checksums               of all of these, see Checksums; not in older ones
/// ```
///
/// `state.json` is an object with these fields:
///
/// | field | content |
/// |---|---|
/// | `version` | 2; absent in the first version |
/// | `identity` | [RecordedIdentity.BySettings]; in the first version [RecordedIdentity.ByRecipe] |
/// | `state` | [TrainingState] |
/// | `rule` | what the rule remembers, in its [StateFormat]; in the first version `alignment` in `state` |
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
    /// @param learners  every model that the run moves
    /// @param reference the reference model, if it follows the policy
    /// @param memory    what the rule remembers
    /// @return the new checkpoint
    /// @throws TrainingException if it cannot be written, and earlier checkpoints stay as they
    ///     were; or if older ones cannot be removed
    public Checkpoint write(
            List<Learner> learners,
            Optional<TrainableModel> reference,
            RunIdentity identity,
            TrainingState state,
            JsonNode memory) {
        Path target = directory.resolve(PREFIX + String.format(Locale.ROOT, "%08d", state.step()));
        Checkpoint checkpoint = new Checkpoint(target, identity.recorded(), state, memory);
        try {
            StagedFiles.writeDirectory(target, partial -> {
                for (Learner learner : learners) {
                    sideFiles.write(Files.createDirectory(partial.resolve(learner.name())), learner.model()::save);
                    learner.optimizer().save(partial.resolve(Checkpoint.optimizerFileName(learner.name())));
                }
                if (reference.isPresent()) {
                    reference.get().save(Files.createDirectory(partial.resolve(Checkpoint.REFERENCE)));
                }
                Files.writeString(partial.resolve(Checkpoint.STATE), JSON.writeValueAsString(Saved.of(checkpoint)));
                Checksums.write(partial);
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

    /// The newest checkpoint that is as it was written. One that is damaged is passed over, where
    /// there is an older one.
    ///
    /// @param passedOver hears of each that is damaged, and how
    /// @return empty if there is none
    /// @throws TrainingException if it cannot be read, or all are damaged
    public Optional<Checkpoint> latest(Consumer<String> passedOver) {
        try {
            List<TrainingException> damage = new ArrayList<>();
            for (Path checkpoint : whole().reversed()) {
                try {
                    Optional<Checkpoint> latest = Optional.of(read(checkpoint));
                    damage.forEach(problem ->
                            passedOver.accept(problem.getMessage() + "; the run goes on from " + checkpoint));
                    return latest;
                } catch (DamagedException e) {
                    damage.add(new TrainingException(String.valueOf(e.getMessage()), e));
                }
            }
            if (damage.isEmpty()) {
                return Optional.empty();
            }
            throw new TrainingException(damage.getFirst().getMessage()
                    + "; there is no older whole checkpoint to go on from: delete " + directory
                    + " to begin the run again, or start it in another directory");
        } catch (IOException e) {
            throw new TrainingException("checkpoints in " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// As [#latest(Consumer)], where nobody is told.
    public Optional<Checkpoint> latest() {
        return latest(_ -> {});
    }

    private static Checkpoint read(Path checkpoint) throws IOException, DamagedException {
        Optional<String> damage = Checksums.damage(checkpoint);
        if (damage.isPresent()) {
            throw new DamagedException("checkpoint " + checkpoint + " is damaged: " + damage.get());
        }
        Path state = checkpoint.resolve(Checkpoint.STATE);
        try {
            return Saved.read(checkpoint, JSON.readTree(Files.readString(state)));
        } catch (JacksonException e) {
            throw new DamagedException(state + " cannot be understood: " + e.getOriginalMessage());
        } catch (IllegalArgumentException | CharacterCodingException | NoSuchFileException e) {
            throw new DamagedException(state + " cannot be understood: " + e);
        }
    }

    /// A checkpoint that is not what was written.
    private static final class DamagedException extends Exception {

        private static final long serialVersionUID = 1;

        DamagedException(String message) {
            super(message);
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
    private record Saved(int version, RecordedIdentity identity, TrainingState state, JsonNode rule) {

        private static final int VERSION = 2;

        static Saved of(Checkpoint checkpoint) {
            return new Saved(VERSION, checkpoint.identity(), checkpoint.state(), checkpoint.memory());
        }

        /// @throws IllegalArgumentException if something is missing
        /// @throws TrainingException        if the version is unknown
        static Checkpoint read(Path directory, JsonNode saved) {
            int version = saved.path("version").asInt(1);
            if (version > VERSION) {
                throw new TrainingException(
                        directory.resolve(Checkpoint.STATE) + " cannot be understood: it has version " + version
                                + ", and this Betatron knows versions up to " + VERSION
                                + "; resume with the one that wrote it");
            }
            return new Checkpoint(
                    directory,
                    identity(field(saved, "identity")),
                    JSON.treeToValue(field(saved, "state"), TrainingState.class),
                    version == 1 ? field(field(saved, "state"), "alignment") : field(saved, "rule"));
        }

        private static RecordedIdentity identity(JsonNode saved) {
            return saved.has("recipeHash")
                    ? JSON.treeToValue(saved, RecordedIdentity.ByRecipe.class)
                    : JSON.treeToValue(saved, RecordedIdentity.BySettings.class);
        }

        private static JsonNode field(JsonNode object, String name) {
            if (!object.path(name).isObject()) {
                throw new IllegalArgumentException(name + " is missing");
            }
            return object.path(name);
        }
    }
}
