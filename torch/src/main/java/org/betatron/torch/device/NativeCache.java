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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.betatron.core.files.Directories;
import org.betatron.core.files.StagedFiles;
import org.bytedeco.javacpp.Loader;

/// Where JavaCPP unpacks native libraries, a directory for each jar.
///
/// JavaCPP trusts what it finds there. A process that was ended while it unpacked leaves libraries
/// cut short, and so does a system that went down soon after; every later process would die of
/// SIGBUS. So libraries of jars that were unpacked whole are written down with their sizes, and
/// what lies there otherwise is removed and unpacked again.
///
/// @param directory the cache
record NativeCache(Path directory) {

    /// Libraries of the jars that were unpacked whole, a line each: size and path within the cache,
    /// which begins with the name of the jar.
    static final String WHOLE = "betatron.unpacked";

    private static final String LOCK = "betatron.lock";

    private static final Pattern LIBRARY = Pattern.compile("(\\d{1,18}) ([^/]+/.+)");

    /// Work that unpacks jars.
    @FunctionalInterface
    interface Unpacking {
        void run() throws IOException;
    }

    /// Unpacks jars, one process at a time: several that unpack at once overwrite each other's
    /// mapped files and die of SIGBUS.
    ///
    /// @param jars      names of the jars
    /// @param unpacking unpacks what is missing, and loads it
    /// @throws IOException if the cache cannot be written
    void unpack(Set<String> jars, Unpacking unpacking) throws IOException {
        Files.createDirectories(directory);
        try (FileChannel channel =
                        FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            Map<String, Long> written = written();
            Set<String> whole = whole(written);
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
            written.keySet().removeIf(path -> jars.contains(jarOf(path)));
            for (String jar : jars) {
                written.putAll(libraries(jar));
            }
            List<String> lines = written.entrySet().stream()
                    .map(library -> library.getValue() + " " + library.getKey())
                    .toList();
            StagedFiles.write(directory.resolve(WHOLE), partial -> Files.write(partial, lines));
        }
    }

    /// @return sizes of libraries by their paths; what a line of an earlier version says is left
    ///     out
    private Map<String, Long> written() throws IOException {
        Map<String, Long> written = new TreeMap<>();
        Path file = directory.resolve(WHOLE);
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            Matcher library = LIBRARY.matcher(line);
            if (library.matches()) {
                written.put(library.group(2), Long.valueOf(library.group(1)));
            }
        }
        return written;
    }

    /// @return jars whose libraries have the sizes that were written down
    private Set<String> whole(Map<String, Long> written) throws IOException {
        Set<String> whole = new TreeSet<>();
        written.keySet().forEach(path -> whole.add(jarOf(path)));
        for (Map.Entry<String, Long> library : written.entrySet()) {
            Path file = directory.resolve(library.getKey());
            if (!Files.isRegularFile(file) || Files.size(file) != library.getValue()) {
                whole.remove(jarOf(library.getKey()));
            }
        }
        return whole;
    }

    private static String jarOf(String path) {
        return path.substring(0, path.indexOf('/'));
    }

    private Map<String, Long> libraries(String jar) throws IOException {
        Map<String, Long> libraries = new TreeMap<>();
        if (Files.exists(directory.resolve(jar))) {
            try (Stream<Path> files = Files.walk(directory.resolve(jar))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    libraries.put(directory.relativize(file).toString().replace('\\', '/'), Files.size(file));
                }
            }
        }
        return libraries;
    }

    /// @param libraries resources, for example `org/bytedeco/pytorch/linux-x86_64/libjnitorch.so`
    /// @return names of the jars that hold them; those that are absent or lie in no jar are left
    ///     out
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
