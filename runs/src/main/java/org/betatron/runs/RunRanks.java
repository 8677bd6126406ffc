package org.betatron.runs;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.betatron.core.rank.RankException;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeChecks;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.runs.recipe.ResumeSettings;
import org.betatron.torch.TorchModel;
import org.betatron.torch.rank.ProcessRanks;
import org.betatron.torch.rank.TensorRanks;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.RunDirectory;

/// The processes of a run: they meet before anything is written, and find out whether all were
/// given the same.
final class RunRanks implements AutoCloseable {

    /// Settings that say where something lies, which may differ from machine to machine; what lies
    /// there is compared.
    private static final Set<String> PLACES = Set.of("model", "reference.model", "reference.cache");

    private static final List<String> PLACES_OF_DATA = List.of("data.files", "data.evaluation");

    private final TensorRanks ranks;

    private RunRanks(TensorRanks ranks) {
        this.ranks = ranks;
    }

    /// Meets the other ranks, if there are any, and compares settings.
    ///
    /// @throws RecipeException if there are more ranks than rows in a batch
    /// @throws RankException   if they do not come, or were given something else
    @SuppressWarnings("MustBeClosed") // handed to the result, which closes it
    static RunRanks meet(RunRequest<?> request) {
        if (!request.place().isOfSeveral()) {
            return new RunRanks(TensorRanks.ALONE);
        }
        RecipeChecks.checkRanks("recipe", request.recipe(), request.place().size());
        RunRanks ranks = new RunRanks(ProcessRanks.join(request.place()));
        try {
            ranks.agreeOnSettings(request);
            return ranks;
        } catch (RuntimeException e) {
            ranks.close();
            throw e;
        }
    }

    TensorRanks all() {
        return ranks;
    }

    private void agreeOnSettings(RunRequest<?> request) {
        ranks.agree(
                "the version of Betatron",
                String.valueOf(RunRanks.class.getPackage().getImplementationVersion()),
                "install the same one everywhere");
        ranks.agree("--resume", request.resuming() ? "given" : "not given", "give it to all ranks or to none");
        List<List<String>> settings = ranks.gather(comparable(request).getBytes(StandardCharsets.UTF_8)).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().toList())
                .toList();
        for (int rank = 1; rank < settings.size(); rank++) {
            Set<String> differences = new LinkedHashSet<>(settings.get(rank));
            settings.getFirst().forEach(differences::remove);
            Set<String> here = new LinkedHashSet<>(settings.getFirst());
            settings.get(rank).forEach(here::remove);
            if (!differences.isEmpty() || !here.isEmpty()) {
                throw new RankException("rank " + rank + " was given other settings than rank 0: " + shown(differences)
                        + " there, " + shown(here) + " on rank 0: give all the same recipe");
            }
        }
    }

    private static String shown(Set<String> settings) {
        return settings.isEmpty() ? "nothing" : settings.stream().limit(5).collect(Collectors.joining(", "));
    }

    private static <R extends Recipe> String comparable(RunRequest<R> request) {
        Set<String> free = ResumeSettings.of(request.recipe());
        List<String> lines = new ArrayList<>();
        request.resolved().settings().values().forEach((name, value) -> {
            boolean isPlace = PLACES.contains(name) || PLACES_OF_DATA.stream().anyMatch(name::startsWith);
            if (!isPlace && !free.contains(name)) {
                lines.add(name + "=" + value.replace('\n', ' '));
            }
        });
        return String.join("\n", lines);
    }

    /// @param out directory that rank 0 has made, or goes on with
    /// @return the directory, which this rank only reads
    RunDirectory seen(Path out) {
        if (!Files.isDirectory(out)) {
            throw new RankException("rank " + ranks.rank() + " does not see " + out.toAbsolutePath()
                    + ", which rank 0 has made: the directory of a run must lie on a file system that all ranks share,"
                    + " under the same name");
        }
        return RunDirectory.existing(out);
    }

    void agreeOnCheckpoint(Optional<Checkpoint> checkpoint) {
        ranks.agree(
                "the checkpoint",
                checkpoint.map(found -> "of step " + found.state().step()).orElse("none"),
                "let all ranks see the same run directory");
    }

    void agreeOnWeights(TorchModel model) {
        ranks.agree(
                "the model",
                String.join(" ", model.notedChecksums()),
                "its files must hold the same on every machine; copy them again");
    }

    void agreeOnRows(String key) {
        ranks.agree(
                "the training data",
                key.substring(0, Math.min(16, key.length())),
                "the files must hold the same rows on every machine, and the tokenizer too; copy them again");
    }

    /// Does what may fail on this rank alone. Where it fails, the others are told why.
    ///
    /// @return what the work returned
    <T> T together(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            ranks.failed(String.valueOf(e.getMessage())
                    .lines()
                    .findFirst()
                    .orElse(e.getClass().getSimpleName()));
            throw e;
        }
    }

    @Override
    public void close() {
        if (ranks instanceof ProcessRanks processes) {
            processes.close();
        }
    }
}
