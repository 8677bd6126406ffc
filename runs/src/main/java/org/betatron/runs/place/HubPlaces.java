package org.betatron.runs.place;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.betatron.hub.Hub;
import org.betatron.hub.Hub.Freshness;
import org.betatron.hub.HubListener;
import org.betatron.hub.HubPlace;
import org.betatron.hub.HubSettings;

/// Names that mean something on the hub, and what they became on this machine.
///
/// A path that exists on this machine is meant as one. So is `out/model` where there is a directory
/// `out`: a misspelt path is not asked of a hub.
///
/// Within a process a name means the same commit from its first use to the end.
public final class HubPlaces {

    /// Hears how far fetching has come; whoever shows it binds it around what may fetch.
    public static final ScopedValue<HubListener> LISTENER = ScopedValue.newInstance();

    /// Where the hub and the cache are, in place of what the environment says.
    public static final ScopedValue<HubSettings> SETTINGS = ScopedValue.newInstance();

    private static final Map<Asked<HubPlace>, Hub.Fetched> MODELS = new ConcurrentHashMap<>();

    private static final Map<Asked<DataPlace>, Hub.FetchedFiles> DATA = new ConcurrentHashMap<>();

    /// What was asked of which hub.
    private record Asked<P>(HubSettings settings, P place) {}

    private HubPlaces() {}

    /// @param given what a user named
    /// @return the place on the hub that is meant, if one is
    public static Optional<HubPlace> of(String given) {
        if (!HubPlace.isExplicit(given)) {
            Path path = Path.of(given);
            Path first = path.getName(0);
            if (path.isAbsolute() || Files.exists(path) || Files.exists(first)) {
                return Optional.empty();
            }
        }
        return HubPlace.parse(given);
    }

    /// @return the model, or a file in its repository; fetched if it is not there
    /// @throws org.betatron.hub.HubException if it cannot be had
    static Hub.Fetched model(HubPlace place) {
        return MODELS.computeIfAbsent(new Asked<>(settings(), place), asked -> {
            try (Hub hub = open()) {
                return hub.model(asked.place(), Freshness.CACHED);
            }
        });
    }

    /// @return files of a data set; fetched if they are not there
    /// @throws org.betatron.hub.HubException if they cannot be had
    static Hub.FetchedFiles data(DataPlace place) {
        return DATA.computeIfAbsent(new Asked<>(settings(), place), _ -> {
            try (Hub hub = open()) {
                return hub.files(place.place(), Freshness.CACHED, place::choose);
            }
        });
    }

    /// @return the hub that this process uses, to be closed by the caller
    /// @throws IllegalArgumentException if the environment names one that cannot be
    public static Hub open() {
        return new Hub(settings(), LISTENER.orElse(HubListener.NONE));
    }

    private static HubSettings settings() {
        return SETTINGS.isBound() ? SETTINGS.get() : HubSettings.ofProcess();
    }
}
