package org.betatron.core.model;

import static org.betatron.core.Numbers.require;

import java.util.List;
import org.betatron.core.Source;

/// What of a model is trained beside weights that stay as they are.
public sealed interface AdapterSpec {

    /// @return probability with which a number that goes into a map's small matrices is left out, in
    ///     [0, 1)
    double dropout();

    /// Nothing is put on the model: its own weights are trained, or the adapter that it is.
    ///
    /// @param dropout of that adapter, whatever its files say
    record None(double dropout) implements AdapterSpec {
        public static final None DEFAULT = new None(0);

        public None {
            requireProbability(dropout);
        }
    }

    private static void requireProbability(double dropout) {
        require("dropout", dropout >= 0 && dropout < 1, "in [0, 1)", dropout);
    }

    /// A product of two small matrices beside each matrix that is chosen.
    ///
    /// ```text
    /// y = x W' + s (x A') B'        W [out, in] stays, A [r, in] and B [out, r] are trained
    /// s = alpha / r                 with rslora alpha / sqrt(r)
    ///
    /// dora:  y = m / ||W + s B A|| * (x W' + s (x A') B')     m [out] is trained too, the norm is of
    ///                                                         each row and is not differentiated
    /// ```
    ///
    /// In a training step y = x W' + s / (1 - p) (x * kept) A' B', where each number of `kept` is 0 with
    /// probability p and else 1, for every map and row by itself (`lora_dropout` of PEFT). What is scored,
    /// measured or written is computed without.
    ///
    /// A is drawn from `U(-1/sqrt(in), 1/sqrt(in))`, B begins with zeros, m with the norms of W: a fresh
    /// adapter changes nothing.
    ///
    /// @param rank    r, ≥ 1
    /// @param alpha   > 0
    /// @param targets maps that it sits on: `all-linear` for all of the layers, names as in `q_proj`, or
    ///     patterns of whole names as in `model.layers.{0,1}.*`
    /// @param rslora  whether the scale falls with the root of the rank (Kalajdzievski 2023, arXiv
    ///     2312.03732)
    /// @param dora    whether lengths of rows are trained apart from their directions (Liu et al. 2024,
    ///     arXiv 2402.09353)
    /// @param dropout p, in [0, 1); 0 with dora, where PEFT drops what the base gets as well
    @Source("LoRA: Hu et al. 2021, arXiv 2106.09685")
    record Lora(int rank, double alpha, List<String> targets, boolean rslora, boolean dora, double dropout)
            implements AdapterSpec {

        /// Stands for all affine maps of the layers.
        public static final String ALL_LINEAR = "all-linear";

        /// Rank 16 and alpha 32 on all maps; ours. PEFT's own defaults are 8 and 8. Without
        /// dropout, as in TRL, which switches it off in preference training (`disable_dropout`).
        public static final Lora DEFAULT = new Lora(16, 32, List.of(ALL_LINEAR), false, false, 0);

        public Lora {
            targets = List.copyOf(targets);
            require("rank", rank >= 1, "≥ 1", rank);
            require("alpha", alpha > 0 && alpha < Double.POSITIVE_INFINITY, "> 0", alpha);
            requireProbability(dropout);
            if (dora && dropout > 0) {
                throw new IllegalArgumentException("dropout must be 0 with dora but was " + dropout + ": PEFT then"
                        + " drops what the base's own product gets as well, which is not done here");
            }
            if (targets.isEmpty()) {
                throw new IllegalArgumentException("targets must name at least one map, or " + ALL_LINEAR);
            }
        }

        /// @param ofMap    rank of one map's matrices
        /// @param mapAlpha alpha of that map
        /// @return s
        public double scale(int ofMap, double mapAlpha) {
            return mapAlpha / (rslora ? Math.sqrt(ofMap) : ofMap);
        }
    }
}
