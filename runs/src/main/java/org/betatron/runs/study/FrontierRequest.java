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
/// @param places  where methods are compared
/// @param scale   how large it is
/// @param seeds   how many, from 1
/// @param out     directory of all studies; the report goes into `frontier` there
/// @param earlier runs that are known already, by key
/// @param part    which runs this process makes: those whose number leaves `part` when divided by
///     `parts`
/// @param parts   processes that share the runs
public record FrontierRequest(
        List<FrontierPlace> places,
        StudyScale scale,
        int seeds,
        Path out,
        Map<String, FrontierCell> earlier,
        int part,
        int parts) {

    /// Some seconds a run on one core.
    private static final StudyScale FULL = new StudyScale(400, 96, 320, 1);

    /// Whether everything works, within minutes; its numbers mean nothing.
    private static final StudyScale QUICK = new StudyScale(100, 24, 80, 1);

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

    /// The whole study, in one process.
    ///
    /// @param threads of one operation
    public static FrontierRequest full(int threads, int seeds, Path out) {
        return new FrontierRequest(FrontierPlace.all(), FULL.withThreads(threads), seeds, out, Map.of(), 0, 1);
    }

    /// One that shows within minutes whether everything works.
    ///
    /// @param threads of one operation
    public static FrontierRequest quick(int threads, int seeds, Path out) {
        return new FrontierRequest(FrontierPlace.quick(), QUICK.withThreads(threads), seeds, out, Map.of(), 0, 1);
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
        return new FrontierRequest(places, scale, seeds, out, earlier, index, count);
    }

    /// @param results files of earlier reports, made by the same version
    /// @return the same, with the runs in them not made again
    public FrontierRequest with(List<Path> results) {
        Map<String, FrontierCell> known = new HashMap<>(earlier);
        for (Path file : results) {
            List<KeyedCell> cells = RecordLines.read(file, KeyedCell.class);
            if (cells.isEmpty()) {
                throw new IllegalArgumentException("--with: " + file + " must be the results.jsonl of a study");
            }
            cells.forEach(cell -> known.put(cell.key(), cell.cell()));
        }
        return new FrontierRequest(places, scale, seeds, out, known, part, parts);
    }

    boolean isQuick() {
        return scale.questions() < FULL.questions();
    }

    /// @return every run, seed by seed in each place: what was made when it is stopped is a whole
    ///     study of fewer seeds
    List<FrontierTask> tasks() {
        List<FrontierTask> tasks = new ArrayList<>();
        for (FrontierPlace place : places) {
            for (long seed = 1; seed <= seeds; seed++) {
                for (FrontierMethod method : place.methods()) {
                    for (double beta : place.betas()) {
                        for (double rate : place.rates()) {
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
        StringBuilder command = new StringBuilder("./betatron study frontier --seeds " + seeds);
        if (isQuick()) {
            command.append(" --quick");
        } else if (places.size() < FrontierPlace.all().size()) {
            places.forEach(
                    place -> command.append(" --place '").append(place.name()).append('\''));
        }
        return command.toString();
    }
}
