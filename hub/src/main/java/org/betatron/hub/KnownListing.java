package org.betatron.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Listings that were kept beside the files of a repository: what a commit holds never changes.
///
/// Python keeps one in `trees` when it fetches all files, and takes a snapshot for incomplete that
/// lacks some of them. One of which only the needed files were fetched is kept in `.betatron`, in
/// the same form.
///
/// ```json
/// {"format_version": 1, "files": {"config.json": {"size": 519, "blob_id": "<SHA-1>"},
///   "model.safetensors": {"size": 9, "blob_id": "<SHA-1>", "lfs_sha256": "<SHA-256>", "lfs_size": 9}}}
/// ```
final class KnownListing {

    private static final String PYTHON = "trees";

    private static final String OURS = ".betatron";

    private static final int VERSION = 1;

    private KnownListing() {}

    /// @return what a commit holds, if that was kept and can be read
    static Optional<HubListing> of(HubCache cache, String commit) throws IOException {
        for (String directory : List.of(OURS, PYTHON)) {
            Path file = file(cache, directory, commit);
            if (Files.isRegularFile(file)) {
                try {
                    return Optional.of(parse(commit, JsonMapper.shared().readTree(Files.readString(file))));
                } catch (JacksonException | HubException e) {
                    // As good as none: the hub is asked again.
                }
            }
        }
        return Optional.empty();
    }

    private static Path file(HubCache cache, String directory, String commit) {
        return cache.folder().resolve(directory).resolve(commit + ".json");
    }

    private static HubListing parse(String commit, JsonNode json) {
        if (json.path("format_version").asInt(0) != VERSION
                || !json.path("files").isObject()) {
            throw HubException.failed("a kept listing of another version");
        }
        TreeMap<String, HubFile> files = new TreeMap<>();
        json.path("files").properties().forEach(entry -> {
            JsonNode file = entry.getValue();
            boolean large = file.path("lfs_sha256").isString();
            files.put(
                    entry.getKey(),
                    new HubFile(
                            entry.getKey(),
                            file.path(large ? "lfs_size" : "size").asLong(-1),
                            file.path(large ? "lfs_sha256" : "blob_id").asString("")));
        });
        return new HubListing(commit, files);
    }

    static void keep(HubCache cache, HubListing listing) throws IOException {
        ObjectNode json = JsonMapper.shared().createObjectNode().put("format_version", VERSION);
        ObjectNode files = json.putObject("files");
        listing.files().values().forEach(file -> {
            ObjectNode entry = files.putObject(file.path()).put("size", file.bytes());
            if (file.isLarge()) {
                entry.put("lfs_sha256", file.hash()).put("lfs_size", file.bytes());
            } else {
                entry.put("blob_id", file.hash());
            }
        });
        Path file = file(cache, OURS, listing.commit());
        Files.createDirectories(file.getParent());
        Path partial = file.resolveSibling(listing.commit() + "." + UUID.randomUUID() + ".tmp");
        Files.writeString(partial, json.toString());
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
