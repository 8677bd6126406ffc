package org.betatron.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/// What is kept of one repository, laid out as `huggingface_hub` does it, so that each finds what
/// the other fetched.
///
/// ```text
/// models--ORG--NAME/blobs/HASH                     content, once for all states of the repository
///                   refs/main                      commit that a branch or tag was at when it was last asked for
///                   snapshots/COMMIT/config.json   link to ../../blobs/HASH
///                   .no_exist/COMMIT/vocab.json    empty: the commit has no such file
/// .locks/models--ORG--NAME/HASH.lock               held while a blob is fetched
/// ```
///
/// @param root   directory of all repositories
/// @param folder of this one
record HubCache(Path root, Path folder) {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /// Backups leave out a directory with this file: https://bford.info/cachedir/
    private static final String TAG = "CACHEDIR.TAG";

    private static final String TAG_TEXT = """
            Signature: 8a477f597d28d172789f06886806bc55
            # This file is a cache directory tag, made by huggingface_hub and those who share its cache.
            """;

    /// Locks of the system belong to the process; threads of it need their own.
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    static HubCache of(HubSettings settings, HubRepository repository) {
        return new HubCache(settings.cache(), settings.cache().resolve(repository.folder()));
    }

    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    /// @param revision branch, tag or commit
    /// @return the commit that it was at; empty if it was never asked for
    Optional<String> commit(String revision) throws IOException {
        if (isCommit(revision)) {
            return Optional.of(revision);
        }
        Path ref = folder.resolve("refs").resolve(revision);
        if (!Files.isRegularFile(ref) || Files.size(ref) > 100) {
            return Optional.empty();
        }
        return Optional.of(Files.readString(ref).strip()).filter(HubCache::isCommit);
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    Path blob(String hash) {
        return folder.resolve("blobs").resolve(hash);
    }

    /// @return whether the commit is known not to have a file
    boolean lacks(String commit, String path) {
        return Files.exists(folder.resolve(".no_exist").resolve(commit).resolve(path));
    }

    void rememberLack(String commit, String path) throws IOException {
        Path mark = folder.resolve(".no_exist").resolve(commit).resolve(path);
        if (!Files.exists(mark)) {
            Files.createDirectories(mark.getParent());
            try {
                Files.createFile(mark);
            } catch (FileAlreadyExistsException e) {
                // Another process knows it, too.
            }
        }
    }

    /// Remembers where a branch or tag is.
    void rememberCommit(String revision, String commit) throws IOException {
        if (revision.equals(commit) || commit(revision).filter(commit::equals).isPresent()) {
            return;
        }
        Path ref = folder.resolve("refs").resolve(revision);
        Files.createDirectories(ref.getParent());
        Path partial = ref.resolveSibling(ref.getFileName() + "." + UUID.randomUUID() + ".tmp");
        Files.writeString(partial, commit);
        Files.move(partial, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Makes the directories, and marks that of all repositories as a cache.
    void prepare(String commit) throws IOException {
        Files.createDirectories(folder.resolve("blobs"));
        Files.createDirectories(snapshot(commit));
        Path tag = root.resolve(TAG);
        if (!Files.exists(tag)) {
            try {
                Files.writeString(tag, TAG_TEXT, StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException e) {
                // Another process was faster.
            }
        }
    }

    /// Shows a blob under its name in a snapshot.
    void link(String commit, HubFile file) throws IOException {
        Path pointer = snapshot(commit).resolve(file.path());
        if (Files.exists(pointer)) {
            return;
        }
        Path directory = Objects.requireNonNull(pointer.getParent());
        Files.createDirectories(directory);
        Path target = directory.relativize(blob(file.hash()));
        Path partial = pointer.resolveSibling("." + UUID.randomUUID() + ".tmp");
        try {
            Files.createSymbolicLink(partial, target);
        } catch (UnsupportedOperationException e) {
            Files.copy(blob(file.hash()), partial);
        }
        // Replaces a link whose blob is gone as well.
        Files.move(partial, pointer, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// @return whether a snapshot shows a file, all of it
    boolean has(String commit, HubFile file) throws IOException {
        Path pointer = snapshot(commit).resolve(file.path());
        return Files.isRegularFile(pointer) && Files.size(pointer) == file.bytes();
    }

    /// @return whether there is a snapshot
    boolean hasSnapshot(String commit) {
        return Files.isDirectory(snapshot(commit), LinkOption.NOFOLLOW_LINKS);
    }

    /// Waits until no other thread or process of Betatron fetches a blob. Python holds a lock of
    /// another kind on the same file: both may fetch it at once then, into files of their own, and
    /// whoever is last puts the same content there again.
    ///
    /// @return to be closed afterwards
    Lock lock(String hash) throws IOException {
        Path file = root.resolve(".locks").resolve(folder.getFileName()).resolve(hash + ".lock");
        Files.createDirectories(file.getParent());
        ReentrantLock threads = THREADS.computeIfAbsent(file.toAbsolutePath(), _ -> new ReentrantLock());
        threads.lock();
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                return new Lock(threads, channel, channel.lock());
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            threads.unlock();
            throw e;
        }
    }

    /// @param threads lock within the process
    /// @param channel of the file
    /// @param held    lock between processes
    record Lock(ReentrantLock threads, FileChannel channel, FileLock held) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            try {
                channel.close();
            } finally {
                threads.unlock();
            }
        }
    }
}
