package org.betatron.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Fetches one file into its blob. What came before a connection was cut, or before a process
/// ended, is kept beside it and gone on with; the blob appears when size and hash are those that
/// the hub listed.
///
/// @param hub      that is asked
/// @param place    repository, for messages
/// @param cache    of the repository
/// @param commit   whose file it is
/// @param file     what is fetched
/// @param progress hears how many bytes more are there, or fewer where a beginning was of no use
record BlobDownload(HubClient hub, HubPlace place, HubCache cache, String commit, HubFile file, LongConsumer progress) {

    /// A name of its own, as Python's `huggingface_hub` knows nothing of a lock that is held here.
    private static final String PARTIAL = ".betatron.incomplete";

    private static final int BUFFER_BYTES = 1 << 16;

    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_REFUSED = 416;

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(?:\\d+|\\*)");

    /// @return bytes that came through the network
    /// @throws HubException if the file cannot be had as it was listed
    long run() throws IOException {
        Path blob = cache.blob(file.hash());
        try (HubCache.Lock _ = cache.lock(file.hash())) {
            if (Files.isRegularFile(blob) && Files.size(blob) == file.bytes()) {
                progress.accept(file.bytes());
                return 0;
            }
            Path partial = blob.resolveSibling(file.hash() + PARTIAL);
            requireSpace(partial);
            AtomicLong received = new AtomicLong();
            boolean resumed = Files.exists(partial);
            fetch(partial, received);
            if (!hash(partial).equals(file.hash()) && resumed) {
                // The beginning was of another making.
                restart(partial);
                fetch(partial, received);
            }
            String found = hash(partial);
            if (!found.equals(file.hash())) {
                restart(partial);
                throw HubException.failed(
                        "the hub sent other bytes of " + file.path() + " than it lists: their hash is " + found
                                + " and must be " + file.hash() + "; nothing of it was kept");
            }
            Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return received.get();
        }
    }

    private void restart(Path partial) throws IOException {
        progress.accept(-Files.size(partial));
        Files.delete(partial);
    }

    private void requireSpace(Path partial) throws IOException {
        long there = Files.exists(partial) ? Files.size(partial) : 0;
        long free = Files.getFileStore(partial.getParent()).getUsableSpace();
        if (free < file.bytes() - there) {
            throw HubException.failed(cache.root() + " has room for " + free + " bytes, and " + file.path() + " needs "
                    + (file.bytes() - there) + ": make room, or let HF_HUB_CACHE name another directory");
        }
    }

    /// Until all bytes are there. Gives up when nothing came several times in a row.
    private void fetch(Path partial, AtomicLong received) throws IOException {
        long there = Files.exists(partial) ? Files.size(partial) : 0;
        if (there > file.bytes()) {
            Files.delete(partial);
            there = 0;
        }
        progress.accept(there);
        int fruitless = 0;
        while (there < file.bytes() || !Files.exists(partial)) {
            String problem = append(partial, there);
            long now = Files.exists(partial) ? Files.size(partial) : 0;
            received.addAndGet(Math.max(0, now - there));
            fruitless = now > there ? 0 : fruitless + 1;
            there = now;
            if (problem != null) {
                if (fruitless >= HubClient.TRIES - 1) {
                    throw HubException.failed(file.path() + " of " + place.repository() + " breaks off at " + there
                            + " of " + file.bytes() + " bytes (" + problem + "), " + (fruitless + 1)
                            + " times without a byte more; the same command goes on from there");
                }
                hub.pause(
                        HubClient.backoff(fruitless + 1),
                        file.path() + " breaks off at " + there + " of " + file.bytes() + " bytes (" + problem + ")");
            }
        }
    }

    /// @param there bytes that the partial file has
    /// @return what cut it short, null if nothing did
    private @Nullable String append(Path partial, long there) throws IOException {
        String path = place.repository().pagePath() + "/resolve/" + commit + "/" + HubListing.encodedPath(file.path());
        HttpResponse<InputStream> response = hub.get(path, there);
        try (InputStream body = new WatchedInput(response.body())) {
            int status = response.statusCode();
            if (status == RANGE_REFUSED && there > 0) {
                restart(partial);
                return "it cannot be gone on with, and begins again";
            }
            if (status != OK && status != PARTIAL_CONTENT) {
                throw new Refusal(hub.settings(), place).of(response, file.path(), "");
            }
            if (there > 0 && (status == OK || begins(response) != there)) {
                restart(partial);
                if (status != OK) {
                    return "the hub goes on from another place, and it begins again";
                }
                there = 0;
            }
            return copy(body, partial, there);
        }
    }

    private static long begins(HttpResponse<?> response) {
        Matcher range = CONTENT_RANGE.matcher(
                response.headers().firstValue("Content-Range").orElse(""));
        return range.matches() ? Long.parseLong(range.group(1)) : -1;
    }

    private @Nullable String copy(InputStream body, Path partial, long there) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long left = file.bytes() - there;
        try (OutputStream out = Files.newOutputStream(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            while (left >= 0) {
                int count;
                try {
                    count = body.read(buffer);
                } catch (IOException e) {
                    return HubClient.reason(e);
                }
                if (count < 0) {
                    return left == 0 ? null : "the connection was closed";
                }
                left -= count;
                if (left >= 0) {
                    out.write(buffer, 0, count);
                    progress.accept(count);
                }
            }
        }
        restart(partial);
        throw HubException.failed("the hub sends more of " + file.path() + " than the " + file.bytes()
                + " bytes that it lists; nothing of it was kept");
    }

    /// @return SHA-256 of a large file; of others the SHA-1 that git gives a blob
    private String hash(Path partial) throws IOException {
        try (InputStream in = Files.newInputStream(partial)) {
            MessageDigest digest = MessageDigest.getInstance(file.isLarge() ? "SHA-256" : "SHA-1");
            if (!file.isLarge()) {
                digest.update(("blob " + Files.size(partial) + "\0").getBytes(StandardCharsets.UTF_8));
            }
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
