package org.betatron.training.reference;

import static org.betatron.core.Numbers.require;

import org.betatron.core.Source;

/// Whether and how the reference follows the policy.
public sealed interface ReferenceUpdateSpec {

    /// The reference stays as it is.
    @Source("Rafailov et al. 2023, arXiv 2305.18290")
    record None() implements ReferenceUpdateSpec {
        public static final None DEFAULT = new None();
    }

    /// TR-DPO: every so many steps the reference moves towards the policy.
    ///
    /// ```text
    /// reference += share * (policy - reference)          every `every` optimizer steps
    /// ```
    ///
    /// @param every      optimizer steps between updates, ≥ 1; 512 as in TRL
    /// @param share      in (0, 1]: 1 is the paper's hard update, less its soft one; 0.6 as in TRL
    /// @param statistics what becomes of running statistics, which were measured against the old reference
    @Source("TR-DPO: Gorbatovski et al. 2024, arXiv 2404.09656")
    record Blend(int every, double share, OnUpdate statistics) implements ReferenceUpdateSpec {
        public static final Blend DEFAULT = new Blend(512, 0.6, OnUpdate.RESET);

        public Blend {
            require("every", every >= 1, "≥ 1", every);
            require("share", share > 0 && share <= 1, "in (0, 1]", share);
        }
    }

    /// What becomes of running statistics when the reference moves.
    enum OnUpdate {

        /// They start anew: every margin jumps, and after a hard update it is zero.
        RESET,

        /// They stay, and follow at the pace of their momentum.
        KEEP
    }
}
