package org.betatron.torch.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.betatron.core.rank.RankPlace;
import org.betatron.torch.error.ModelException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// The one-time start of libtorch in a process.
public final class NativeLibraries {

    private static final String ELSEWHERE = "; another directory is named by"
            + " BETATRON_JAVA_OPTIONS=-Dorg.bytedeco.javacpp.cachedir=DIR, or by the same property of your JVM";

    private static final String CACHE = "org.bytedeco.javacpp.cachedir";

    private static final String THREADING_LAYER = "MKL_THREADING_LAYER";

    /// MKL's layers of threads and the libraries that they are.
    private static final Map<String, String> LAYERS = new TreeMap<>(Map.of(
            "GNU", "libmkl_gnu_thread.so.2",
            "INTEL", "libmkl_intel_thread.so.2",
            "SEQUENTIAL", "libmkl_sequential.so.2",
            "TBB", "libmkl_tbb_thread.so.2"));

    private static boolean loaded;

    private NativeLibraries() {}

    /// Unpacks and loads libtorch and settles its process-wide switches. Cheap after the first
    /// call. Must run on the thread that computes: flushing of denormals is a property of a thread,
    /// inherited by the workers that it starts.
    public static synchronized void load() {
        if (!loaded) {
            // JavaCPP counts every byte of the process against a limit derived from the Java heap, which has
            // nothing to do with the size of a model.
            setDefault("org.bytedeco.javacpp.maxBytes", "0");
            setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
            requireThreads("OMP_NUM_THREADS", System.getenv("OMP_NUM_THREADS"));
            requireThreads("MKL_NUM_THREADS", System.getenv("MKL_NUM_THREADS"));
            // Idle threads that spin while others compute made a step ten times slower on a shared machine.
            Environment.setDefault("OMP_WAIT_POLICY", "PASSIVE");
            // oneDNN and libtorch keep code and scratch memory of a thousand bf16 products each, by shape. Shapes
            // change with every micro-batch, so that is gigabytes; the layers of one have two dozen.
            Environment.setDefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64");
            Environment.setDefault("LRU_CACHE_CAPACITY", "64");
            if (RankPlace.isNamedIn(System.getenv())) {
                hushCollectives();
            }
            if (hasMkl()) {
                requireThreadingLayer(System.getenv(THREADING_LAYER));
                // One pool of threads for MKL and libtorch instead of two that fight over the cores.
                Environment.setDefault(THREADING_LAYER, "GNU");
                // libtorch is linked against OpenBLAS's interface; MKL answers it faster (docs/dependencies.md).
                setDefault("org.bytedeco.openblas.load", "mkl_rt");
                setDefault("org.bytedeco.mklml.load", "mkl_rt");
            }
            loadUnderLock();
            loaded = true;
        }
        // A softmax gradient with logits 90 apart is full of denormals, which made one backward pass sixty
        // times slower.
        Context.setFlushDenormal(true);
    }

    /// As [#load], for a process that is known to speak with others.
    public static void loadForRanks() {
        hushCollectives();
        load();
    }

    /// What c10d says of lost connections, with frames of C++ behind each, is left to what its
    /// callers say. Has an effect before libtorch is loaded only.
    private static void hushCollectives() {
        Environment.setDefault("TORCH_CPP_LOG_LEVEL", "FATAL");
    }

    /// Runs work of a library that writes to the standard output as it pleases.
    ///
    /// @return what the work returned
    public static <T> T withoutOutput(Supplier<T> work) {
        return StandardOutput.hushed(work);
    }

    /// Does something that needs no tensors while libtorch is loaded beside it: a second on another
    /// processor. Whoever needs libtorch afterwards calls [#load] as always, and meets its failure,
    /// if there was one.
    ///
    /// @return what the work returned; the loading has ended then, also where the work failed
    public static <T> T whileLoading(Supplier<T> work) {
        CompletableFuture<Void> loading = CompletableFuture.runAsync(
                NativeLibraries::load,
                task -> Thread.ofPlatform().daemon().name("betatron-load").start(task));
        try {
            return work.get();
        } finally {
            // A process that ends while libraries are being loaded can crash. A failure is met again by whoever needs
            // them.
            loading.exceptionally(_ -> null).join();
        }
    }

    /// @param numThreads threads of one operation, ≥ 1
    public static void setThreads(int numThreads) {
        load();
        torch.set_num_threads(numThreads);
    }

    /// @return threads of one operation
    public static int threads() {
        load();
        return torch.get_num_threads();
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /// MKL ends the process with words of its own where it cannot load what the variable asks for.
    ///
    /// @param layer value of the variable, null if it is not set
    static void requireThreadingLayer(@Nullable String layer) {
        List<String> present = LAYERS.entrySet().stream()
                .filter(known -> isThere("org/bytedeco/mkl/" + Loader.getPlatform() + "/" + known.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        // Where there is none for this platform, there is no MKL either, and loading says so.
        if (layer != null && !present.isEmpty() && !present.contains(layer.toUpperCase(Locale.ROOT))) {
            throw new ModelException(THREADING_LAYER + " must be " + String.join(" or ", present)
                    + ", which are the layers that come with MKL here, or not set, but was '" + layer + "'");
        }
    }

    /// libtorch answers with frames of C++, and goes on with another number.
    ///
    /// @param variable of the environment
    /// @param value    null if it is not set
    static void requireThreads(String variable, @Nullable String value) {
        if (value != null && !value.matches("\\s*[1-9]\\d{0,5}\\s*(,\\s*[1-9]\\d{0,5}\\s*)*")) {
            throw new ModelException(
                    variable + " must be a number of threads from 1 on, or not set, but was '" + value + "'");
        }
    }

    private static boolean hasMkl() {
        return isThere("org/bytedeco/mkl/global/mkl_rt.class");
    }

    private static boolean isThere(String resource) {
        return NativeLibraries.class.getClassLoader().getResource(resource) != null;
    }

    private static void loadUnderLock() {
        Path cache = cacheDirectory();
        try {
            new NativeCache(cache).unpack(NativeCache.jarsOfLibtorch(), () -> Loader.load(torch.class));
        } catch (LinkageError e) {
            Throwable first = e.getCause() == null ? e : e.getCause();
            throw new ModelException("libtorch cannot be loaded: " + plain(first) + advice(cache), e);
        } catch (IOException e) {
            throw new ModelException(
                    "libtorch cannot be unpacked into " + cache + ": " + e.getMessage() + ELSEWHERE, e);
        }
    }

    private static Path cacheDirectory() {
        try {
            Path used = Loader.getCacheDir().toPath();
            String asked = System.getProperty(CACHE);
            // JavaCPP goes elsewhere without a word.
            if (asked != null && !Path.of(asked).toAbsolutePath().equals(used.toAbsolutePath())) {
                throw new ModelException(CACHE + " must name a directory that can be written to but was " + asked);
            }
            return used;
        } catch (IOException e) {
            throw new ModelException("no directory for native libraries can be made: " + e.getMessage() + ELSEWHERE, e);
        }
    }

    private static String advice(Path cache) {
        return CudaBuild.isPresent()
                ? "; the build for graphics cards needs the libraries of CUDA 13, cuDNN 9 and NCCL 2 in LD_LIBRARY_PATH"
                : "; it was unpacked into " + cache + ", which must have 0.8 GB of room (" + room(cache)
                        + " are left) and let files be executed" + ELSEWHERE;
    }

    /// The JVM keeps of an error that it met before its class, its words and its thread, as one
    /// text.
    static String plain(Throwable error) {
        return String.valueOf(error.getMessage())
                .replaceFirst("^Exception [\\w.$]+: ", "")
                .replaceFirst(" \\[in thread \"[^\"]*\"]$", "");
    }

    private static String room(Path cache) {
        long bytes = cache.toFile().getUsableSpace();
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
