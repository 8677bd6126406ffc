package org.betatron.benchmarks;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.objective.RowKind;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Time of one decision about a batch: everything between the log-probabilities and their derivatives.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AlignmentBenchmark {

    /// What surrounds the objective.
    public enum Method {

        /// Fixed beta, every pair.
        PLAIN,

        /// Batch-level beta and the Gaussian filter.
        BETA_DPO;

        AlignmentSpec spec() {
            return this == PLAIN ? AlignmentSpec.DPO : AlignmentSpec.DEFAULT;
        }
    }

    /// Tags of all objectives; [#prepare] refuses to run if one is missing.
    @Param({
        "dpo", "cdpo", "robustdpo", "referencefreedpo", "hinge", "slichf", "ipo", "sppo", "nca", "exo", "bco", "aot",
        "aotunpaired", "apozero", "apodown", "discopop", "simpo", "orpo", "cpo", "rrhf", "rdpo", "rpo", "lddpo", "wpo",
        "fdpo", "sigmoidnorm", "tdpo1", "tdpo2", "alphadpo", "kto", "ktopair", "nll", "sum"
    })
    public String objective = "dpo";

    @Param
    public Method method = Method.PLAIN;

    @Param("256")
    public int pairCount;

    private Alignment alignment = AlignmentSpec.DPO.create();
    private PairLogProbs pairs = SampleBatch.pairs(1);
    private AlignmentState state = AlignmentState.START;
    private long step;

    @Setup
    public void prepare() throws ReflectiveOperationException {
        AlignmentSpec around = method.spec();
        alignment = new AlignmentSpec(
                        spec(objective), around.calibration(), around.selection(), around.aggregation(), around.gap())
                .create();
        pairs = alignment.objective().rows() == RowKind.ANSWERS
                ? SampleBatch.answers(pairCount)
                : SampleBatch.pairs(pairCount);
    }

    @Benchmark
    public AlignmentDecision decide() {
        AlignmentDecision decision =
                alignment.decide(pairs, pairs.size(), state, RandomStreams.stream(1, "selection", step++));
        state = decision.state();
        return decision;
    }

    /// @return the objective of a tag with its defaults
    private static ObjectiveSpec spec(String tag) throws ReflectiveOperationException {
        String[] listed = AlignmentBenchmark.class
                .getField("objective")
                .getAnnotation(Param.class)
                .value();
        for (Class<?> type : ObjectiveSpec.class.getPermittedSubclasses()) {
            if (!Stream.of(listed).toList().contains(tagOf(type))) {
                throw new IllegalStateException("the list of objectives lacks " + tagOf(type));
            }
        }
        for (Class<?> type : ObjectiveSpec.class.getPermittedSubclasses()) {
            if (tagOf(type).equals(tag)) {
                return (ObjectiveSpec) type.getField("DEFAULT").get(null);
            }
        }
        throw new IllegalArgumentException("no objective has the tag " + tag);
    }

    private static String tagOf(Class<?> type) {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }
}
