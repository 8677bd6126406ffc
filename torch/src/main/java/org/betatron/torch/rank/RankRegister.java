package org.betatron.torch.rank;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.betatron.core.rank.RankException;
import org.betatron.core.rank.RankPlace;
import org.betatron.torch.memory.Memory;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.StringVector;

/// What ranks say of themselves in c10d's store: who is there, where each is, why one failed. It
/// lies with rank 0, and answers as long as that lives; a collective that fails does not say whose
/// fault it is, and this does.
///
/// ```text
/// here/R     number of ranks that R was told, and its host
/// alive/R    a count that goes up every second, and where R is
/// failed/R   why R gave up
/// left/R     R has read what it wanted to know, and goes
/// ```
///
/// Thread-safe.
final class RankRegister implements AutoCloseable {

    private static final Duration BEAT = Duration.ofSeconds(1);

    /// Time in which a rank that lives says so at least once, also on a busy machine.
    private static final Duration SILENCE = Duration.ofSeconds(4);

    private final Store store;
    private final RankPlace place;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread heart;
    private volatile String reached = "the start";

    /// Ranks that nobody has to wait for.
    private final Set<Integer> gone = ConcurrentHashMap.newKeySet();

    /// @param store borrowed
    RankRegister(Store store, RankPlace place) {
        this.store = store;
        this.place = place;
        this.heart = Thread.ofPlatform().daemon().name("betatron-rank").unstarted(this::beat);
    }

    /// Says that this rank is there, and waits for the others.
    ///
    /// @return what is wrong with them, if anything is
    Optional<String> enter(String host) {
        set("here/" + place.rank(), place.size() + " " + host);
        heart.start();
        long deadline = System.nanoTime() + place.timeout().toNanos();
        List<Integer> missing = new ArrayList<>();
        do {
            missing.clear();
            for (int rank = 0; rank < place.size(); rank++) {
                Optional<String> other = get("here/" + rank);
                if (other.isEmpty()) {
                    missing.add(rank);
                } else if (!other.get().startsWith(place.size() + " ")) {
                    String[] said = other.get().split(" ", 2);
                    return Optional.of("rank " + rank + " on " + said[1] + " was told that there are " + said[0]
                            + " ranks, and this one, rank " + place.rank() + ", that there are " + place.size()
                            + ": give all the same " + RankPlace.WORLD_SIZE);
                }
            }
        } while (!missing.isEmpty() && System.nanoTime() < deadline && !sleep(Duration.ofMillis(50)));
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("of " + place.size() + " ranks " + missing + " did not come within "
                        + place.timeout().toSeconds() + " s: start them, with the same " + RankPlace.MASTER_ADDR
                        + " and " + RankPlace.MASTER_PORT);
    }

    /// Passes on a number that rank 0 has.
    ///
    /// @param number of rank 0; what others give is not looked at
    /// @return it, on every rank
    int tell(int number) {
        if (place.rank() == 0) {
            set("number", Integer.toString(number));
            return number;
        }
        long deadline = System.nanoTime() + place.timeout().toNanos();
        Optional<String> told = get("number");
        while (told.isEmpty() && System.nanoTime() < deadline && !sleep(Duration.ofMillis(20))) {
            told = get("number");
        }
        return told.map(Integer::parseInt)
                .orElseThrow(() -> new RankException("rank 0 said nothing within "
                        + place.timeout().toSeconds() + " s: see to it, then start again"));
    }

    /// @param newPlace where this rank is now
    void reached(String newPlace) {
        reached = newPlace;
    }

    String reached() {
        return reached;
    }

    /// Says why this rank gives up.
    void failed(String why) {
        set("failed/" + place.rank(), why);
    }

    /// Finds out why a collective failed: takes seconds.
    ///
    /// @return in words: the rank that failed, and how; empty if all seem well
    Optional<String> account() {
        try {
            List<Optional<String>> before = alive();
            long deadline = System.nanoTime() + SILENCE.toNanos();
            do {
                for (int rank = 0; rank < place.size(); rank++) {
                    Optional<String> why = rank == place.rank() ? Optional.empty() : get("failed/" + rank);
                    if (why.isPresent()) {
                        return Optional.of(named(rank) + " failed: " + why.get());
                    }
                }
                sleep(Duration.ofMillis(100));
            } while (System.nanoTime() < deadline);
            List<Optional<String>> after = alive();
            for (int rank = 0; rank < place.size(); rank++) {
                if (rank != place.rank() && before.get(rank).equals(after.get(rank))) {
                    gone.add(rank);
                    return Optional.of(named(rank) + " is gone or stands still; it was last heard of at "
                            + where(after.get(rank)));
                }
            }
            return slowest(after).stream()
                    .mapToObj(rank -> named(rank) + " lives, and is still at " + where(after.get(rank)))
                    .findFirst();
        } catch (RuntimeException e) {
            // The store went with its rank.
            return Optional.of(
                    "rank 0 of " + place.size() + " at " + place.address() + ":" + place.port() + " is gone");
        }
    }

    private OptionalInt slowest(List<Optional<String>> alive) {
        for (int rank = 0; rank < place.size(); rank++) {
            if (rank != place.rank() && !where(alive.get(rank)).equals(reached)) {
                return OptionalInt.of(rank);
            }
        }
        return OptionalInt.empty();
    }

    private String named(int rank) {
        String host =
                get("here/" + rank).map(said -> " on " + said.split(" ", 2)[1]).orElse("");
        return "rank " + rank + " of " + place.size() + host;
    }

    private static String where(Optional<String> alive) {
        return alive.map(said -> said.split(" ", 2)[1]).orElse("the start");
    }

    private List<Optional<String>> alive() {
        List<Optional<String>> alive = new ArrayList<>();
        for (int rank = 0; rank < place.size(); rank++) {
            alive.add(get("alive/" + rank));
        }
        return alive;
    }

    /// Goes, and where the store lies here stays until the others have read what they need.
    @Override
    public void close() {
        ended.countDown();
        try {
            heart.join();
            set("left/" + place.rank(), "");
            if (place.rank() == 0) {
                long deadline = System.nanoTime() + SILENCE.toNanos();
                while (System.nanoTime() < deadline && !allLeft()) {
                    Thread.sleep(20);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // The store is gone: nobody is left to be told.
        }
    }

    private boolean allLeft() {
        for (int rank = 1; rank < place.size(); rank++) {
            if (!gone.contains(rank) && get("left/" + rank).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void beat() {
        for (long count = 0; ; count++) {
            try {
                set("alive/" + place.rank(), count + " " + reached);
            } catch (RuntimeException e) {
                return; // whoever waits for a collective finds out
            }
            if (sleep(BEAT)) {
                return;
            }
        }
    }

    /// @return whether this rank goes
    private boolean sleep(Duration time) {
        try {
            return ended.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void set(String key, String value) {
        Memory.run(() -> store.set(key, new ByteVector(value.getBytes(StandardCharsets.UTF_8))));
    }

    private Optional<String> get(String key) {
        return Memory.compute(() -> {
            if (!store.check(new StringVector(key))) {
                return Optional.empty();
            }
            ByteVector value = store.get(key);
            byte[] bytes = value.get();
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        });
    }
}
