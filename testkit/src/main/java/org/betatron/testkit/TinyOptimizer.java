package org.betatron.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.betatron.core.files.StagedFiles;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.rank.Ranks;

/// Optimizer of a tiny model, in the formulas of PyTorch and double precision.
///
/// ```text
/// AdamW    w -= lr * decay * w;   m = b1 m + (1-b1) g;   v = b2 v + (1-b2) g^2
///          w -= lr / (1 - b1^t) * m / ( sqrt(v) / sqrt(1 - b2^t) + eps )
/// RMSprop  v = a v + (1-a) g^2;   w -= lr * g / ( sqrt(v) + eps )
/// ```
///
/// Not thread-safe.
public final class TinyOptimizer implements Optimizer {

    private final TinyWeights model;
    private final OptimizerSpec spec;
    private final Ranks ranks;
    private final double[] averages;
    private final double[] squares;
    private long numSteps;

    /// @param model whose gradient is used; not owned
    /// @param spec  which rule, with its parameters
    public TinyOptimizer(TinyWeights model, OptimizerSpec spec) {
        this(model, spec, Ranks.ALONE);
    }

    /// @param ranks whose gradients are added up
    public TinyOptimizer(TinyWeights model, OptimizerSpec spec, Ranks ranks) {
        this.ranks = ranks;
        this.model = model;
        this.spec = spec;
        this.averages = new double[model.weights().length];
        this.squares = new double[model.weights().length];
    }

    /// All weights are one here. A number that is left as it is keeps its double precision.
    @Override
    public void changeGradients(Consumer<float[]> change) {
        double[] gradient = model.gradient();
        float[] lent = TinyLanguageModel.toFloats(gradient);
        change.accept(lent);
        for (int i = 0; i < lent.length; i++) {
            gradient[i] = lent[i] == (float) gradient[i] ? gradient[i] : lent[i];
        }
    }

    @Override
    public double gradientNorm() {
        if (ranks.areSeveral()) {
            addUp();
        }
        double sum = 0;
        for (double derivative : model.gradient()) {
            sum += derivative * derivative;
        }
        return Math.sqrt(sum);
    }

    private void addUp() {
        double[] gradient = model.gradient();
        ByteBuffer own = ByteBuffer.allocate(Double.BYTES * gradient.length);
        own.asDoubleBuffer().put(gradient);
        Arrays.fill(gradient, 0);
        for (byte[] bytes : ranks.gather(own.array())) {
            DoubleBuffer others = ByteBuffer.wrap(bytes).asDoubleBuffer();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += others.get();
            }
        }
    }

    @Override
    public void step(double learningRate, double gradientScale) {
        numSteps++;
        double[] weights = model.weights();
        for (int i = 0; i < weights.length; i++) {
            double derivative = gradientScale * model.gradient()[i];
            weights[i] = switch (spec) {
                case OptimizerSpec.AdamW adamW -> adamW(adamW, i, weights[i], derivative, learningRate);
                case OptimizerSpec.RmsProp rmsProp -> rmsProp(rmsProp, i, weights[i], derivative, learningRate);
            };
        }
        Arrays.fill(model.gradient(), 0);
    }

    /// @return number of updates so far
    public long numSteps() {
        return numSteps;
    }

    @Override
    public void save(Path file) throws IOException {
        StagedFiles.write(file, partial -> {
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(partial)))) {
                out.writeLong(numSteps);
                out.writeInt(averages.length);
                for (int i = 0; i < averages.length; i++) {
                    out.writeDouble(averages[i]);
                    out.writeDouble(squares[i]);
                }
            }
        });
    }

    @Override
    public void load(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            numSteps = in.readLong();
            int size = in.readInt();
            if (size != averages.length) {
                throw new IOException(
                        file + " holds moments of " + size + " weights but the model has " + averages.length);
            }
            for (int i = 0; i < size; i++) {
                averages[i] = in.readDouble();
                squares[i] = in.readDouble();
            }
        }
    }

    @Override
    public void close() {}

    private double adamW(OptimizerSpec.AdamW adamW, int i, double weight, double derivative, double learningRate) {
        averages[i] = adamW.beta1() * averages[i] + (1 - adamW.beta1()) * derivative;
        squares[i] = adamW.beta2() * squares[i] + (1 - adamW.beta2()) * derivative * derivative;
        double decayed = weight - learningRate * adamW.weightDecay() * weight;
        double correction = 1 - Math.pow(adamW.beta1(), (double) numSteps);
        double root = Math.sqrt(squares[i]) / Math.sqrt(1 - Math.pow(adamW.beta2(), (double) numSteps));
        return decayed - learningRate / correction * averages[i] / (root + adamW.epsilon());
    }

    private double rmsProp(
            OptimizerSpec.RmsProp rmsProp, int i, double weight, double derivative, double learningRate) {
        squares[i] = rmsProp.smoothing() * squares[i] + (1 - rmsProp.smoothing()) * derivative * derivative;
        return weight - learningRate * derivative / (Math.sqrt(squares[i]) + rmsProp.epsilon());
    }
}
