package org.betatron.torch.optimizer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.rank.TensorRanks;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Weights of which every rank updates a part: some consecutive rows of each, its shard. A rank has
/// moments for its shards alone, and all weights and gradients.
///
/// ```text
/// reduce   every rank's gradient of my rows  ->  their sum, in the order of ranks       before the
/// update
/// spread   my rows                           ->  every rank                             after it
/// ```
///
/// Source: ZeRO stage 1, Rajbhandari et al. 2020, arXiv 1910.02054. What is sent in one go is a
/// bucket of rows of several weights, or a part of the rows of a large one, so that buffers stay
/// small. A sum is made by its owner in the order of ranks, and no other way: it is the same every
/// time.
final class WeightShards implements AutoCloseable {

    /// Numbers of a bucket, of all ranks together: 16 MiB, beyond which nothing is gained.
    private static final long BUCKET = 4 << 20;

    private final TensorRanks ranks;
    private final LinkedHashMap<String, Shard> shards = new LinkedHashMap<>();
    private final List<List<Piece>> buckets = new ArrayList<>();
    private final ExecutorService sender = Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().daemon().name("betatron-gradients").unstarted(task));

    /// Weights of this step whose gradient is not final yet.
    private final Set<Tensor> missing = new HashSet<>();

    /// Buckets of this step that were sent, or are to be.
    private final List<Future<?>> reduced = new ArrayList<>();

    /// @param weights what is updated, by name; borrowed
    WeightShards(Map<String, Tensor> weights, TensorRanks ranks) {
        this.ranks = ranks;
        List<Piece> open = new ArrayList<>();
        long size = 0;
        weights.forEach((name, weight) -> shards.put(name, Shard.of(weight, ranks.size())));
        missing.addAll(weights.values());
        // The last layers are differentiated first.
        for (Shard shard : shards.sequencedValues().reversed()) {
            for (long from = 0; from < shard.rowsPerRank(); ) {
                long room = Math.max(1, (BUCKET - size) / (shard.width() * ranks.size()));
                long count = Math.min(room, shard.rowsPerRank() - from);
                open.add(new Piece(shard, from, count));
                size += count * shard.width() * ranks.size();
                from += count;
                if (size >= BUCKET) {
                    buckets.add(open);
                    open = new ArrayList<>();
                    size = 0;
                }
            }
        }
        if (!open.isEmpty()) {
            buckets.add(open);
        }
    }

    /// How the rows of a weight are divided: alike, but for the last ranks.
    ///
    /// @param weight      contiguous, of at least one dimension
    /// @param rows        its rows
    /// @param width       numbers of a row
    /// @param rowsPerRank rows of a rank, at most
    record Shard(Tensor weight, long rows, long width, long rowsPerRank) {

        static Shard of(Tensor weight, int ranks) {
            long rows = weight.dim() == 0 ? 1 : weight.size(0);
            return new Shard(weight, rows, weight.numel() / Math.max(1, rows), Math.ceilDiv(rows, ranks));
        }

        /// @return first row of a rank's shard
        long first(int rank) {
            return Math.min(rows, rank * rowsPerRank);
        }

        /// @return rows of a rank's shard, possibly none
        long count(int rank) {
            return first(rank + 1) - first(rank);
        }

        /// @param like a tensor of the weight's shape, contiguous
        /// @return a rank's rows of it, a view of at least one dimension
        Tensor rowsOf(Tensor like, int rank) {
            return (like.dim() == 0 ? like.view(1) : like).narrow(0, first(rank), count(rank));
        }
    }

    /// Rows of every rank's shard that are sent in one go.
    ///
    /// @param from  first of them, counted in each shard
    /// @param count how many, but for shards that end before
    private record Piece(Shard shard, long from, long count) {

        long size() {
            return count * shard.width();
        }

        /// @param like a tensor of the weight's shape, contiguous
        /// @return a rank's rows of the piece, `[n]`; null where it has none
        Tensor of(Tensor like, int rank) {
            long own = Math.min(count, shard.count(rank) - from);
            return like.view(-1)
                    .narrow(0, (shard.first(rank) + from) * shard.width(), Math.max(0, own) * shard.width());
        }
    }

    /// @param name of one of the weights that were given
    Shard of(String name) {
        return Objects.requireNonNull(shards.get(name), name);
    }

    /// @param name of a weight
    /// @param like the weight, or a tensor of its shape, contiguous
    /// @return this rank's rows of it, a view
    Tensor own(String name, Tensor like) {
        return of(name).rowsOf(like, ranks.rank());
    }

    /// @return number of the first number of this rank's rows, counted over the whole weight
    long start(String name) {
        return of(name).first(ranks.rank()) * of(name).width();
    }

    /// Hears of weights whose gradient is final. Buckets are sent, in their order, as soon as all
    /// of their weights are.
    ///
    /// @param weights some of those that were given
    synchronized void ready(List<Tensor> weights) {
        missing.removeAll(weights);
        while (reduced.size() < buckets.size()
                && buckets.get(reduced.size()).stream()
                        .noneMatch(piece -> missing.contains(piece.shard().weight()))) {
            List<Piece> bucket = buckets.get(reduced.size());
            reduced.add(sender.submit(() -> Memory.runWithoutGradient(() -> reduce(bucket))));
        }
    }

    /// Replaces this rank's rows of every gradient by their sum over ranks. Its other rows mean
    /// nothing from then on. What was sent already is waited for.
    void reduce() {
        ready(shards.values().stream().map(Shard::weight).toList());
        ranks.exchanging(this::await);
        missing.addAll(shards.values().stream().map(Shard::weight).toList());
    }

    private void await() {
        try {
            for (Future<?> bucket : reduced) {
                bucket.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("gradients cannot be sent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while gradients were sent", e);
        } finally {
            reduced.clear();
        }
    }

    private void reduce(List<Piece> bucket) {
        Memory.run(() -> {
            Tensor sent = buffer(bucket);
            for (int rank = 0; rank < ranks.size(); rank++) {
                fill(sent, rank, bucket, rank);
            }
            Tensor received = like(sent);
            ranks.exchange(received, sent);
            Tensor sum = received.select(0, 0);
            for (int rank = 1; rank < ranks.size(); rank++) {
                sum.add_(received.select(0, rank), new Scalar(1));
            }
            long start = 0;
            for (Piece piece : bucket) {
                Tensor own = piece.of(Gradients.dense(piece.shard().weight()), ranks.rank());
                own.copy_(sum.narrow(0, start, own.numel()));
                start += piece.size();
            }
        });
    }

    private void fill(Tensor buffer, int row, List<Piece> bucket, int rank) {
        long start = 0;
        for (Piece piece : bucket) {
            Tensor rows = piece.of(Gradients.dense(piece.shard().weight()), rank);
            buffer.select(0, row).narrow(0, start, rows.numel()).copy_(rows);
            start += piece.size();
        }
    }

    /// Gives every rank the rows that this one has updated, and gets theirs.
    void spread() {
        ranks.exchanging(() -> Memory.runWithoutGradient(() -> buckets.forEach(this::spread)));
    }

    private void spread(List<Piece> bucket) {
        Memory.run(() -> {
            Tensor sent = buffer(bucket);
            long start = 0;
            for (Piece piece : bucket) {
                Tensor rows = piece.of(piece.shard().weight().detach(), ranks.rank());
                sent.narrow(1, start, rows.numel()).copy_(rows);
                start += piece.size();
            }
            Tensor received = like(sent);
            ranks.exchange(received, sent);
            for (int rank = 0; rank < ranks.size(); rank++) {
                long from = 0;
                for (Piece piece : bucket) {
                    if (rank != ranks.rank()) {
                        Tensor rows = piece.of(piece.shard().weight().detach(), rank);
                        rows.copy_(received.select(0, rank).narrow(0, from, rows.numel()));
                    }
                    from += piece.size();
                }
            }
        });
    }

    /// Puts together what every rank has of a tensor of a weight's shape.
    ///
    /// @param own this rank's rows, `[count, ...]`
    /// @return the whole, float32, in the processor's memory, in the current scope
    Tensor whole(String name, Tensor own) {
        Shard shard = of(name);
        return Memory.scoped(() -> {
            long size = shard.rowsPerRank() * shard.width();
            Tensor sent = HostTensors.zeros(ScalarType.Float, ranks.size(), size);
            sent.narrow(1, 0, own.numel()).copy_(own.view(-1));
            Tensor received = like(sent);
            ranks.exchange(received, sent);
            // Shards but the last ones are whole, so rows of all follow each other.
            return received.view(-1).narrow(0, 0, shard.rows() * shard.width()).view(Tensors.shape(shard.weight()));
        });
    }

    private Tensor buffer(List<Piece> bucket) {
        return HostTensors.zeros(
                ScalarType.Float,
                ranks.size(),
                bucket.stream().mapToLong(Piece::size).sum());
    }

    private static Tensor like(Tensor buffer) {
        return HostTensors.empty(ScalarType.Float, buffer.size(0), buffer.size(1));
    }

    @Override
    public void close() {
        sender.shutdownNow();
    }
}
