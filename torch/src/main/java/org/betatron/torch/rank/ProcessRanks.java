package org.betatron.torch.rank;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.betatron.core.rank.RankException;
import org.betatron.core.rank.RankPlace;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.HostTensors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Processes that reach each other by c10d over Gloo: rank 0 listens, the others connect, and from
/// then on each speaks with each.
///
/// Numbers of a graphics card go through the processor's memory.
public final class ProcessRanks implements TensorRanks, AutoCloseable {

    private final RankPlace place;
    private final List<TCPStore> stores;
    private final ProcessGroupGloo group;

    /// Tensors go another way, so that the order of calls on one says nothing of the other.
    private final ProcessGroupGloo tensors;

    private final RankRegister register;
    private long waited;
    private long exchanged;
    private volatile boolean failed;

    private ProcessRanks(
            RankPlace place,
            List<TCPStore> stores,
            ProcessGroupGloo group,
            ProcessGroupGloo tensors,
            RankRegister register) {
        this.tensors = tensors;
        this.place = place;
        this.stores = stores;
        this.group = group;
        this.register = register;
    }

    /// Meets the others.
    ///
    /// @param place of this process, one of several
    /// @throws RankException if they do not come, or were told something else
    public static ProcessRanks join(RankPlace place) {
        NativeLibraries.loadForRanks();
        InetAddress master = master(place);
        String own = ownAddress(place, master);
        TCPStore store = open(place, master, place.port());
        RankRegister register = new RankRegister(store, place);
        try {
            Optional<String> problem = register.enter(own);
            if (problem.isPresent()) {
                throw new RankException(problem.get());
            }
            ProcessGroupGloo group = group(place, store, own);
            // A group needs a store of its own: PrefixStore, which would divide one, aborts the process.
            TCPStore second = place.rank() == 0 ? open(place, master, 0) : null;
            int port = register.tell(second == null ? 0 : Short.toUnsignedInt(second.getPort()));
            TCPStore ofTensors = second == null ? open(place, master, port) : second;
            return new ProcessRanks(place, List.of(store, ofTensors), group, group(place, ofTensors, own), register);
        } catch (RuntimeException e) {
            register.close();
            store.close();
            throw e;
        }
    }

    private static InetAddress master(RankPlace place) {
        try {
            return InetAddress.getByName(place.address());
        } catch (UnknownHostException e) {
            throw new RankException(
                    "rank " + place.rank() + " does not know the machine '" + place.address() + "': "
                            + RankPlace.MASTER_ADDR + " must be the host name or the address of the machine of rank 0",
                    e);
        }
    }

    /// @return the address of this machine under which the machine of rank 0 sees it
    private static String ownAddress(RankPlace place, InetAddress master) {
        // Sends nothing: the system says which way it would go.
        try (DatagramSocket way = new DatagramSocket()) {
            way.connect(new InetSocketAddress(master, place.port()));
            return way.getLocalAddress().getHostAddress();
        } catch (IOException e) {
            throw new RankException(
                    "rank " + place.rank() + " has no way to " + place.address() + ": " + e.getMessage(), e);
        }
    }

    /// @param port where rank 0 listens; 0 lets it choose
    private static TCPStore open(RankPlace place, InetAddress master, int port) {
        TCPStoreOptions options = new TCPStoreOptions()
                .port((short) port)
                .isServer(place.rank() == 0)
                .waitWorkers(false)
                .timeout(new Milliseconds(place.timeout().toMillis()));
        try {
            return new TCPStore(master.getHostAddress(), options);
        } catch (RuntimeException e) {
            String where = place.address() + ":" + place.port();
            throw new RankException(
                    place.rank() == 0
                            ? "rank 0 cannot listen on port " + place.port() + ", which is in use or not allowed:"
                                    + " choose another " + RankPlace.MASTER_PORT + " for all ranks"
                            : "rank " + place.rank() + " did not reach rank 0 at " + where + " within "
                                    + place.timeout().toSeconds() + " s: is rank 0 running, and are "
                                    + RankPlace.MASTER_ADDR + " and " + RankPlace.MASTER_PORT + " its own?",
                    e);
        }
    }

    private static ProcessGroupGloo group(RankPlace place, TCPStore store, String own) {
        ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create();
        options.timeout(new Milliseconds(place.timeout().toMillis()));
        options.devices(new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(own)));
        try {
            // Gloo greets on the standard output, which is the user's.
            return NativeLibraries.withoutOutput(
                    () -> new ProcessGroupGloo(store, place.rank(), place.size(), options));
        } catch (RuntimeException e) {
            throw new RankException(
                    "rank " + place.rank() + " on " + own + " and the others cannot reach each other: " + firstLine(e)
                            + "; every machine must let in connections from the others, on any port",
                    e);
        }
    }

    @Override
    public int rank() {
        return place.rank();
    }

    @Override
    public int size() {
        return place.size();
    }

    @Override
    public int sizeHere() {
        return place.sizeHere();
    }

    @Override
    public List<byte[]> gather(byte[] own) {
        long begun = System.nanoTime();
        try {
            return guarded(() -> Memory.compute(() -> {
                Tensor sizes = HostTensors.empty(ScalarType.Long, size());
                group._allgather_base(sizes, HostTensors.longs(own.length))._wait();
                long[] lengths = new long[size()];
                new LongPointer(sizes.data_ptr()).get(lengths);
                long longest = 1;
                for (long length : lengths) {
                    longest = Math.max(longest, length);
                }
                Tensor sent = HostTensors.empty(ScalarType.Byte, longest);
                new BytePointer(sent.data_ptr()).put(own, 0, own.length);
                Tensor all = HostTensors.empty(ScalarType.Byte, size() * longest);
                group._allgather_base(all, sent)._wait();
                BytePointer bytes = new BytePointer(all.data_ptr());
                List<byte[]> gathered = new ArrayList<>();
                for (int rank = 0; rank < size(); rank++) {
                    byte[] of = new byte[Math.toIntExact(lengths[rank])];
                    bytes.position(rank * longest).get(of, 0, of.length);
                    gathered.add(of);
                }
                return gathered;
            }));
        } finally {
            waited += System.nanoTime() - begun;
        }
    }

    @Override
    public void exchange(Tensor received, Tensor sent) {
        guarded(() -> Memory.compute(() -> {
            LongVector alike = new LongVector();
            return tensors.alltoall_base(received, sent, alike, alike)._wait();
        }));
    }

    @Override
    public void exchanging(Runnable work) {
        long begun = System.nanoTime();
        try {
            work.run();
        } finally {
            exchanged += System.nanoTime() - begun;
        }
    }

    private <T> T guarded(Supplier<T> collective) {
        try {
            return collective.get();
        } catch (RuntimeException e) {
            failed = true;
            String why = register.account().orElseGet(() -> "ranks lost each other (" + firstLine(e) + ")");
            throw new RankException(
                    why + "; rank " + rank() + " was at " + register.reached() + " and waited "
                            + (isTimeout(e) ? place.timeout().toSeconds() + " s" : "for it")
                            + ". The run has ended: see to that rank, then go on with --resume from the last checkpoint",
                    e);
        }
    }

    private static boolean isTimeout(RuntimeException e) {
        return firstLine(e).toLowerCase(java.util.Locale.ROOT).contains("timed out");
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage())
                .replaceFirst("^\\[[^]]*] *", "")
                .lines()
                .findFirst()
                .orElse("no message");
    }

    @Override
    public void reached(String newPlace) {
        register.reached(newPlace);
    }

    @Override
    public void failed(String why) {
        // What was said by another is not to be said again.
        if (!failed) {
            failed = true;
            register.failed(why);
        }
    }

    @Override
    public double secondsWaited() {
        return waited * 1e-9;
    }

    @Override
    public double secondsExchanging() {
        return exchanged * 1e-9;
    }

    @Override
    public void close() {
        register.close();
        // After a failure a thread may still be in a collective; what is open then goes with the process.
        if (!failed) {
            group.close();
            tensors.close();
            stores.forEach(TCPStore::close);
        }
    }
}
