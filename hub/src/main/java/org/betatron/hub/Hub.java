package org.betatron.hub;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Models and data sets of the hub, as directories and files on this machine.
///
/// What is in the cache already is used without asking the hub, whoever put it there, unless
/// [Freshness#NEWEST] is wanted. Several threads and processes may fetch the same at once.
public final class Hub implements AutoCloseable {

    private final HubClient client;
    private final HubListener listener;

    /// Whether the hub is asked although the cache would do.
    public enum Freshness {
        /// What was fetched last.
        CACHED,
        /// What the hub has now.
        NEWEST
    }

    /// What a place on the hub became.
    ///
    /// @param path     directory of a model, or one file
    /// @param revision commit that it is of
    public record Fetched(Path path, String revision) {}

    /// What several files on the hub became.
    ///
    /// @param paths    in the order in which they were chosen
    /// @param revision commit that they are of
    public record FetchedFiles(List<Path> paths, String revision) {

        public FetchedFiles {
            paths = List.copyOf(paths);
        }
    }

    public Hub(HubSettings settings, HubListener listener) {
        this(settings, listener, (duration, why) -> {
            listener.retries(why + "; trying again in " + duration.toSeconds() + " s");
            Thread.sleep(duration);
        });
    }

    Hub(HubSettings settings, HubListener listener, HubClient.Pause pause) {
        this.client = new HubClient(settings, pause);
        this.listener = listener;
    }

    /// @param place a model, or a file in its repository
    /// @return directory of the model, or the file
    /// @throws HubException if it cannot be had
    public Fetched model(HubPlace place, Freshness freshness) {
        HubCache cache = HubCache.of(client.settings(), place.repository());
        try {
            Optional<Fetched> cached =
                    freshness == Freshness.CACHED || client.settings().isOffline()
                            ? cachedModel(cache, place)
                            : Optional.empty();
            return cached.isPresent() ? cached.get() : fetchModel(cache, place);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private Optional<Fetched> cachedModel(HubCache cache, HubPlace place) throws IOException {
        String commit = cache.commit(place.revision()).orElse("");
        if (commit.isEmpty() || !cache.hasSnapshot(commit)) {
            return Optional.empty();
        }
        Path snapshot = cache.snapshot(commit);
        if (!place.path().isEmpty()) {
            Path file = snapshot.resolve(safe(place.path()));
            return Files.isRegularFile(file) ? Optional.of(new Fetched(file, commit)) : Optional.empty();
        }
        Optional<HubListing> known = KnownListing.of(cache, commit);
        Fetching fetching = new Fetching(client, place, cache, commit, HubListener.NONE);
        boolean whole = known.isEmpty()
                ? NeededFiles.isWhole(snapshot)
                : fetching.missing(NeededFiles.first(place, known.get())).isEmpty()
                        && fetching.missing(NeededFiles.shards(place, known.get(), snapshot))
                                .isEmpty();
        return whole ? Optional.of(new Fetched(snapshot, commit)) : Optional.empty();
    }

    private static String safe(String path) {
        HubFile.requireSafe(path);
        return path;
    }

    private Fetched fetchModel(HubCache cache, HubPlace place) throws IOException {
        HubListing listing = listing(cache, place);
        Path snapshot = cache.snapshot(listing.commit());
        List<HubFile> first =
                place.path().isEmpty() ? NeededFiles.first(place, listing) : List.of(named(place, listing));
        long began = System.nanoTime();
        cache.prepare(listing.commit());
        Fetching fetching = new Fetching(client, place, cache, listing.commit(), listener);
        fetching.begin(first);
        // Weights come last: where they are, everything is.
        fetching.fetch(first.subList(0, first.size() - 1));
        fetching.fetch(first.subList(first.size() - 1, first.size()));
        if (place.path().isEmpty()) {
            List<HubFile> shards = NeededFiles.shards(place, listing, snapshot);
            fetching.more(shards);
            fetching.fetch(shards);
            for (String name : NeededFiles.SMALL) {
                if (!listing.files().containsKey(name)) {
                    cache.rememberLack(listing.commit(), name);
                }
            }
        }
        keep(cache, place, listing);
        listener.ends(snapshot, fetching.received(), (System.nanoTime() - began) * 1e-9);
        return new Fetched(snapshot.resolve(place.path()), listing.commit());
    }

    private static HubFile named(HubPlace place, HubListing listing) {
        HubFile file = listing.files().get(place.path());
        if (file == null) {
            throw HubException.asked(place.repository() + " has no file " + place.path() + "; its files are "
                    + NeededFiles.shown(new ArrayList<>(listing.files().keySet())));
        }
        return file;
    }

    private HubListing listing(HubCache cache, HubPlace place) throws IOException {
        if (client.settings().isOffline()) {
            throw HubException.asked(place.repository()
                    + (place.revision().equals(HubPlace.MAIN) ? "" : "@" + place.revision())
                    + (place.path().isEmpty() ? "" : ", file " + place.path() + ",") + " is not in the cache "
                    + cache.root() + ", at least not whole, and HF_HUB_OFFLINE forbids to fetch it");
        }
        return HubListing.of(client, place);
    }

    private static void keep(HubCache cache, HubPlace place, HubListing listing) throws IOException {
        KnownListing.keep(cache, listing);
        cache.rememberCommit(place.revision(), listing.commit());
    }

    /// @param place  repository; its path is for whoever chooses
    /// @param choose which files are wanted
    /// @return those files
    /// @throws HubException if they cannot be had
    public FetchedFiles files(HubPlace place, Freshness freshness, FileChoice choose) {
        HubCache cache = HubCache.of(client.settings(), place.repository());
        try {
            boolean mayBeOld =
                    freshness == Freshness.CACHED || client.settings().isOffline();
            Optional<FetchedFiles> cached = mayBeOld ? cachedFiles(cache, place, choose) : Optional.empty();
            return cached.isPresent() ? cached.get() : fetchFiles(cache, place, choose);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private Optional<FetchedFiles> cachedFiles(HubCache cache, HubPlace place, FileChoice choose) throws IOException {
        String commit = cache.commit(place.revision()).orElse("");
        if (commit.isEmpty() || !cache.hasSnapshot(commit)) {
            return Optional.empty();
        }
        Optional<HubListing> known = KnownListing.of(cache, commit);
        Path snapshot = cache.snapshot(commit);
        if (known.isEmpty() && !client.settings().isOffline()) {
            // Whether these are all is not known.
            return Optional.empty();
        }
        List<String> names = known.isPresent() ? List.copyOf(known.get().files().keySet()) : within(snapshot);
        Optional<Path> card = Optional.of(snapshot.resolve(FileChoice.CARD)).filter(Files::isRegularFile);
        if (card.isEmpty() && names.contains(FileChoice.CARD)) {
            return Optional.empty();
        }
        List<String> chosen = choose.of(names, card);
        for (String name : chosen) {
            Path file = snapshot.resolve(name);
            HubFile listed = known.map(listing -> listing.files().get(name)).orElse(null);
            if (!Files.isRegularFile(file) || (listed != null && !cache.has(commit, listed))) {
                return Optional.empty();
            }
        }
        return Optional.of(
                new FetchedFiles(chosen.stream().map(snapshot::resolve).toList(), commit));
    }

    private static List<String> within(Path snapshot) throws IOException {
        try (Stream<Path> files = Files.walk(snapshot)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> snapshot.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private FetchedFiles fetchFiles(HubCache cache, HubPlace place, FileChoice choose) throws IOException {
        HubListing listing = listing(cache, place);
        long began = System.nanoTime();
        cache.prepare(listing.commit());
        Path snapshot = cache.snapshot(listing.commit());
        Optional<HubFile> described = Optional.ofNullable(listing.files().get(FileChoice.CARD));
        new Fetching(client, place, cache, listing.commit(), HubListener.NONE)
                .fetch(described.stream().toList());
        List<String> names = choose.of(
                List.copyOf(listing.files().keySet()), described.map(card -> snapshot.resolve(FileChoice.CARD)));
        List<HubFile> files =
                names.stream().map(name -> listing.files().get(name)).toList();
        Fetching fetching = new Fetching(client, place, cache, listing.commit(), listener);
        fetching.begin(files);
        fetching.fetch(files);
        keep(cache, place, listing);
        listener.ends(snapshot, fetching.received(), (System.nanoTime() - began) * 1e-9);
        return new FetchedFiles(names.stream().map(snapshot::resolve).toList(), listing.commit());
    }

    private HubException unusable(IOException e) {
        return HubException.failed(
                "the cache " + client.settings().cache() + " cannot be used: "
                        + (e instanceof CharacterCodingException
                                ? "a note in it is not valid UTF-8; delete what it holds of this name and fetch it again"
                                : e.getClass().getSimpleName() + " " + HubClient.reason(e))
                        + " (HF_HUB_CACHE names another directory)",
                e);
    }

    @Override
    public void close() {
        client.close();
    }
}
