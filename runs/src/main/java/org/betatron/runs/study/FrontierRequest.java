package org.betatron.runs.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.frontier.FrontierCell;
import org.betatron.evaluation.frontier.KeyedCell;

/// What a study of frontiers compares, and which of its runs are made by this process.
///
/// @param study   what is asked
/// @param places  of the study, where methods are compared now
/// @param scale   how large it is
/// @param seeds   how many, from 1
/// @param out     directory of all studies; the report goes into one of the study's name there
/// @param earlier runs that are known already, by key
/// @param part    which runs this process makes: those whose number leaves `part` when divided by
///     `parts`
/// @param parts   processes that share the runs
public record FrontierRequest(
        FrontierStudy study,
        List<FrontierPlace> places,
        StudyScale scale,
        int seeds,
        Path out,
        Map<String, FrontierCell> earlier,
        int part,
        int parts) {

    public FrontierRequest {
        places = List.copyOf(places);
        earlier = Map.copyOf(earlier);
        if (places.isEmpty()) {
            throw new IllegalArgumentException("there must be a place to compare methods in");
        }
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds must be at least 1 but was " + seeds);
        }
        if (part < 0 || part >= parts) {
            throw new IllegalArgumentException("--part must be I/N with I from 1 to N");
        }
    }

    /// The whole study, or one that shows within minutes whether everything works, in one process.
    ///
    /// @param quick   whether it is that one
    /// @param threads of one operation
    /// @param seeds   how many, from 1; 0 for as many as the study has
    public static FrontierRequest of(FrontierStudy study, boolean quick, int threads, int seeds, Path out) {
        FrontierStudy.Size size = quick ? study.quick() : study.full();
        int own = quick ? FrontierStudy.QUICK_SEEDS : study.seeds();
        return new FrontierRequest(
                study, size.places(), size.scale().withThreads(threads), seeds == 0 ? own : seeds, out, Map.of(), 0, 1);
    }

    /// @param names of places; empty for all
    /// @return the same in these places, in the order of the study
    /// @throws IllegalArgumentException if there is none of such a name
    public FrontierRequest in(List<String> names) {
        if (names.isEmpty()) {
            return this;
        }
        List<String> all = places.stream().map(FrontierPlace::name).toList();
        names.stream().filter(name -> !all.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(
                    "--place: there is no '" + name + "'; there are: " + String.join(", ", all));
        });
        return new FrontierRequest(
                study,
                places.stream().filter(place -> names.contains(place.name())).toList(),
                scale,
                seeds,
                out,
                earlier,
                part,
                parts);
    }

    /// @param index of the share, from 0
    /// @param count of shares
    public FrontierRequest share(int index, int count) {
        return new FrontierRequest(study, places, scale, seeds, out, earlier, index, count);
    }

    /// @param results files of earlier reports, made by the same version
    /// @return the same, with the runs in them not made again
    public FrontierRequest with(List<Path> results) {
        Map<String, FrontierCell> known = new HashMap<>(earlier);
        for (Path file : results) {
            List<KeyedCell> cells = RecordLines.readSparse(file, KeyedCell.class);
            if (cells.isEmpty()) {
                throw new IllegalArgumentException("--with: " + file + " must be the results.jsonl of a study");
            }
            cells.forEach(cell -> known.put(cell.key(), cell.cell()));
        }
        return new FrontierRequest(study, places, scale, seeds, out, known, part, parts);
    }

    boolean isQuick() {
        return scale.questions() < study.full().scale().questions();
    }

    /// @return every run, seed by seed in each place: what was made when it is stopped is a whole
    ///     study of fewer seeds
    List<FrontierTask> tasks() {
        List<FrontierTask> tasks = new ArrayList<>();
        for (FrontierPlace place : places) {
            for (long seed = 1; seed <= seeds; seed++) {
                for (FrontierMethod method : place.methods()) {
                    FrontierGrid grid = place.grid(method);
                    for (double beta : grid.betas()) {
                        for (double rate : grid.rates()) {
                            tasks.add(new FrontierTask(place, method, beta, rate, seed));
                        }
                    }
                }
            }
        }
        return tasks;
    }

    /// @return whether this process makes a run
    boolean isMine(FrontierTask task) {
        return task.group() % parts == part;
    }

    /// @return commands that make it, as they would be typed
    String command() {
        StringBuilder command = new StringBuilder("./betatron study " + study.name() + " --seeds " + seeds);
        if (isQuick()) {
            command.append(" --quick");
        } else if (places.size() < study.full().places().size()) {
            places.forEach(
                    place -> command.append(" --place '").append(place.name()).append('\''));
        }
        return command.toString();
    }
}
