package org.betatron.runs.place;

import java.nio.file.Path;
import org.betatron.data.DataException;
import org.betatron.hub.HubPlace;
import org.betatron.hub.HubRepository;

/// A model that a user named: a directory, a GGUF file, or `ORG/NAME` on the hub.
public final class ModelName {

    private ModelName() {}

    /// @param given what a user named
    /// @return the directory or file, fetched if it is on the hub; one on this machine need not
    ///     exist
    /// @throws org.betatron.hub.HubException if it cannot be had from the hub
    public static Path path(Path given) {
        return HubPlaces.of(given.toString())
                .map(ModelName::requireModel)
                .map(place -> HubPlaces.model(place).path())
                .orElse(given);
    }

    private static HubPlace requireModel(HubPlace place) {
        if (place.repository().kind() != HubRepository.Kind.MODEL) {
            throw new DataException(place + ": is a data set on the hub and no model");
        }
        return place;
    }

    /// @param given what a user named
    /// @return the same with the commit that it is now, so that it stays the same; local paths as
    ///     they are
    public static String pinned(String given) {
        return HubPlaces.of(given)
                .map(ModelName::requireModel)
                .map(place -> place.at(HubPlaces.model(place).revision()).toString())
                .orElse(given);
    }
}
