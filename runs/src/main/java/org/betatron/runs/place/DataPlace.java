package org.betatron.runs.place;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.betatron.data.DataException;
import org.betatron.data.source.DataFiles;
import org.betatron.hub.Hub;
import org.betatron.hub.HubPlace;
import org.betatron.hub.HubRepository;

/// Rows that a user named: a file, a directory, a pattern, or a data set on the hub.
///
/// ```text
/// hf://datasets/ORG/NAME[@REVISION][/PATH][#SPLIT]
/// ```
///
/// @param place repository, and file, directory or pattern in it
/// @param split part of it; empty for none
/// @param fallback the part where none is named; empty where one must be
public record DataPlace(HubPlace place, String split, String fallback) {

    /// @param given what a user named
    /// @return the place on the hub that is meant, if one is
    /// @throws DataException if it is a model's
    private static Optional<DataPlace> onHub(String given, String fallback) {
        DataFiles files = DataFiles.parse(given);
        Optional<HubPlace> place = HubPlaces.of(files.path());
        if (place.isEmpty()) {
            return Optional.empty();
        }
        if (place.get().repository().kind() != HubRepository.Kind.DATASET) {
            if (!HubPlace.isExplicit(files.path())) {
                // A file in a directory that is missing.
                return Optional.empty();
            }
            throw new DataException(place.get() + ": is a model on the hub; a data set is hf://datasets/"
                    + place.get().repository().id());
        }
        return Optional.of(new DataPlace(place.get(), files.split(), fallback));
    }

    /// @param given what a user named
    /// @return the files, in order; one that is named alone need not exist; of a directory with
    ///     several splits the training split
    /// @throws DataException if a directory, pattern or data set has no such files
    /// @throws org.betatron.hub.HubException if they cannot be had from the hub
    public static List<Path> files(String given) {
        return files(given, DataFiles.FALLBACK);
    }

    /// @param given what a user named to measure on
    /// @return the files, as [#files]; of several splits one must be named: the training split
    ///     would be measured on without a word
    public static List<Path> measured(String given) {
        return files(given, "");
    }

    private static List<Path> files(String given, String fallback) {
        return onHub(given, fallback)
                .map(place -> HubPlaces.data(place).paths())
                .orElseGet(() -> DataFiles.parse(given).here(fallback));
    }

    /// @param given paths that a user named
    /// @return the files of all of them, in order
    public static List<Path> files(List<Path> given) {
        return given.stream().flatMap(path -> files(path.toString()).stream()).toList();
    }

    /// @return names of the files that are meant, as [org.betatron.hub.FileChoice] says
    public List<String> choose(List<String> names, Optional<Path> card) {
        return DataFiles.choose(
                place.repository().toString(), names, place.path(), split, fallback, card.flatMap(DataFiles::card));
    }

    /// @param given what a user named
    /// @return the same with the commit that it is now, so that it stays the same; local paths as
    ///     they are
    public static String pinned(String given) {
        return pinned(given, DataFiles.FALLBACK);
    }

    /// @param given what a user named to measure on
    /// @return as [#pinned]
    public static String pinnedMeasured(String given) {
        return pinned(given, "");
    }

    private static String pinned(String given, String fallback) {
        Optional<DataPlace> place = onHub(given, fallback);
        if (place.isEmpty()) {
            return given;
        }
        Hub.FetchedFiles files = HubPlaces.data(place.get());
        return place.get().place().at(files.revision())
                + (place.get().split().isEmpty() ? "" : "#" + place.get().split());
    }
}
