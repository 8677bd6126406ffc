package org.betatron.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.statistics.RunningMoments;
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

    /// An objective with its defaults.
    public enum ObjectiveName {
        DPO,
        CDPO,
        IPO,
        IPO_PER_TOKEN,
        SIMPO;

        ObjectiveSpec spec() {
            return switch (this) {
                case DPO -> ObjectiveSpec.Dpo.DEFAULT;
                case CDPO -> ObjectiveSpec.Cdpo.DEFAULT;
                case IPO -> ObjectiveSpec.Ipo.DEFAULT;
                case IPO_PER_TOKEN -> new ObjectiveSpec.Ipo(0.1, true);
                case SIMPO -> ObjectiveSpec.SimPo.DEFAULT;
            };
        }
    }

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

    @Param
    public ObjectiveName objective = ObjectiveName.DPO;

    @Param
    public Method method = Method.PLAIN;

    @Param("256")
    public int pairCount;

    private Alignment alignment = AlignmentSpec.DPO.create();
    private PairLogProbs pairs = samplePairs(0);
    private RunningMoments statistics = RunningMoments.EMPTY;
    private long step;

    @Setup
    public void prepare() {
        AlignmentSpec around = method.spec();
        alignment = new AlignmentSpec(
                        objective.spec(), around.calibration(), around.selection(), around.aggregation(), around.gap())
                .create();
        pairs = samplePairs(pairCount);
    }

    @Benchmark
    public AlignmentDecision decide() {
        AlignmentDecision decision =
                alignment.decide(pairs, pairs.size(), statistics, RandomStreams.stream(1, "selection", step++));
        statistics = decision.statistics();
        return decision;
    }

    /// Responses of 10 to 300 tokens whose log-ratios spread by 5 nats.
    private static PairLogProbs samplePairs(int size) {
        SplittableRandom random = new SplittableRandom(1);
        double[][] logProbs = new double[4][size];
        int[][] lengths = new int[2][size];
        for (int i = 0; i < size; i++) {
            for (int response = 0; response < 2; response++) {
                lengths[response][i] = random.nextInt(10, 300);
                logProbs[response + 2][i] = -1.5 * lengths[response][i];
                logProbs[response][i] = logProbs[response + 2][i] + 5 * random.nextGaussian();
            }
        }
        return new PairLogProbs(logProbs[0], logProbs[1], logProbs[2], logProbs[3], lengths[0], lengths[1]);
    }
}
