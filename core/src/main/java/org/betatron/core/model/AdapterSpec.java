package org.betatron.core.model;

import static org.betatron.core.Numbers.require;

import java.util.List;
import org.betatron.core.Source;

/// What of a model is trained beside weights that stay as they are.
public sealed interface AdapterSpec {

    /// Nothing: the model's own weights are trained.
    record None() implements AdapterSpec {
        public static final None DEFAULT = new None();
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
    @Source("LoRA: Hu et al. 2021, arXiv 2106.09685")
    record Lora(int rank, double alpha, List<String> targets, boolean rslora, boolean dora) implements AdapterSpec {

        /// Stands for all affine maps of the layers.
        public static final String ALL_LINEAR = "all-linear";

        /// Rank 16 and alpha 32 on all maps; ours. PEFT's own defaults are 8 and 8. There is no
        /// dropout: TRL switches it
        /// off in preference training as well.
        public static final Lora DEFAULT = new Lora(16, 32, List.of(ALL_LINEAR), false, false);

        public Lora {
            targets = List.copyOf(targets);
            require("rank", rank >= 1, "≥ 1", rank);
            require("alpha", alpha > 0 && alpha < Double.POSITIVE_INFINITY, "> 0", alpha);
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
