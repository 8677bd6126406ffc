package org.betatron.core.logprob;

import java.util.EnumSet;
import java.util.Set;

/// What an objective, a calibration or an aggregation reads of a response, beyond the policy's log-probability.
///
/// @param quantities    what must be computed; [ResponseQuantity#POLICY] need not be named
/// @param extrapolation the `e` of [ResponseQuantity#EXTRAPOLATED] and
///     [ResponseQuantity#INTERPOLATED]; 0 where neither is asked for
/// @param mismatched    whether each row must also bring another row's answer to its prompt, as KTO's
///     estimate of the divergence does
/// @param lengths       whether it matters how many tokens a response has, beyond whether it has any
public record RequiredInputs(
        Set<ResponseQuantity> quantities, double extrapolation, boolean mismatched, boolean lengths) {

    /// Policy log-probabilities only.
    public static final RequiredInputs NONE = of();

    /// Log-probabilities under the reference as well.
    public static final RequiredInputs REFERENCE = of(ResponseQuantity.REFERENCE);

    /// Lengths of responses.
    public static final RequiredInputs LENGTHS = NONE.withLengths();

    public RequiredInputs {
        quantities = Set.copyOf(quantities);
        if (extrapolation != 0
                && !quantities.contains(ResponseQuantity.EXTRAPOLATED)
                && !quantities.contains(ResponseQuantity.INTERPOLATED)) {
            throw new IllegalArgumentException("extrapolation must be 0 where nothing is extrapolated");
        }
    }

    public static RequiredInputs of(ResponseQuantity... quantities) {
        return new RequiredInputs(Set.of(quantities), 0, false, false);
    }

    /// @return the same and lengths
    public RequiredInputs withLengths() {
        return new RequiredInputs(quantities, extrapolation, mismatched, true);
    }

    public boolean needs(ResponseQuantity quantity) {
        return quantities.contains(quantity);
    }

    /// @return whether a reference model has to exist
    public boolean needsReference() {
        return needs(ResponseQuantity.REFERENCE) || needs(ResponseQuantity.REFERENCE_TAIL) || needsReferenceLogits();
    }

    /// @return whether policy and reference have to run side by side
    public boolean needsReferenceLogits() {
        return quantities.stream().anyMatch(ResponseQuantity::needsReferenceLogits);
    }

    /// @return what both read together
    /// @throws IllegalArgumentException if they ask for different extrapolations
    public RequiredInputs and(RequiredInputs other) {
        if (extrapolation != 0 && other.extrapolation != 0 && extrapolation != other.extrapolation) {
            throw new IllegalArgumentException("extrapolation must be the same everywhere but was " + extrapolation
                    + " and " + other.extrapolation);
        }
        EnumSet<ResponseQuantity> all = EnumSet.noneOf(ResponseQuantity.class);
        all.addAll(quantities);
        all.addAll(other.quantities);
        return new RequiredInputs(
                all,
                Math.max(extrapolation, other.extrapolation),
                mismatched || other.mismatched,
                lengths || other.lengths);
    }
}
