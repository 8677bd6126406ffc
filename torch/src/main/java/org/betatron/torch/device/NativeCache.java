package org.betatron.torch.device;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.betatron.core.files.Directories;
import org.betatron.core.files.StagedFiles;
import org.bytedeco.javacpp.Loader;

/// Where JavaCPP unpacks native libraries, a directory for each jar.
///
/// JavaCPP trusts what it finds there. A process that was ended while it unpacked leaves libraries cut short, and
/// every later one would die of SIGBUS. So jars that were unpacked whole are written down, and what lies there of
/// others is removed before they are unpacked again.
///
/// @param directory the cache
record NativeCache(Path directory) {

    /// Names of the jars that were unpacked whole, a line each.
    static final String WHOLE = "betatron.unpacked";

    private static final String LOCK = "betatron.lock";

    /// Work that unpacks jars.
    @FunctionalInterface
    interface Unpacking {
        void run() throws IOException;
    }

    /// Unpacks jars, one process at a time: several that unpack at once overwrite each other's mapped files and die
    /// of SIGBUS.
    ///
    /// @param jars      names of the jars
    /// @param unpacking unpacks what is missing, and loads it
    /// @throws IOException if the cache cannot be written
    void unpack(Set<String> jars, Unpacking unpacking) throws IOException {
        Files.createDirectories(directory);
        try (FileChannel channel =
                        FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            Set<String> whole = whole();
            if (whole.containsAll(jars)) {
                unpacking.run();
                return;
            }
            for (String jar : jars) {
                if (!whole.contains(jar) && Files.exists(directory.resolve(jar))) {
                    Directories.delete(directory.resolve(jar));
                }
            }
            unpacking.run();
            whole.addAll(jars);
            StagedFiles.write(directory.resolve(WHOLE), partial -> Files.write(partial, whole));
        }
    }

    private Set<String> whole() throws IOException {
        Path file = directory.resolve(WHOLE);
        return new TreeSet<>(Files.exists(file) ? Files.readAllLines(file) : List.of());
    }

    /// @param libraries resources, for example `org/bytedeco/pytorch/linux-x86_64/libjnitorch.so`
    /// @return names of the jars that hold them; those that are absent or lie in no jar are left out
    static Set<String> jarsOf(List<String> libraries) throws IOException {
        Set<String> jars = new TreeSet<>();
        for (String library : libraries) {
            URL found = NativeCache.class.getClassLoader().getResource(library);
            if (found != null && found.openConnection() instanceof JarURLConnection jar) {
                jars.add(String.valueOf(
                        Path.of(URI.create(jar.getJarFileURL().toString())).getFileName()));
            }
        }
        return jars;
    }

    /// @return names of the jars that libtorch is made of
    static Set<String> jarsOfLibtorch() throws IOException {
        String platform = Loader.getPlatform();
        return jarsOf(List.of(
                "org/bytedeco/javacpp/" + platform + "/libjnijavacpp.so",
                "org/bytedeco/mkl/" + platform + "/libmkl_rt.so.2",
                "org/bytedeco/openblas/" + platform + "/libjniopenblas.so",
                "org/bytedeco/pytorch/" + platform + "/libjnitorch.so",
                "org/bytedeco/pytorch/" + platform + "-gpu/libjnitorch.so"));
    }
}
