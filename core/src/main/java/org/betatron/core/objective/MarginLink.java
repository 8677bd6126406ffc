package org.betatron.core.objective;

/// A scalar loss of one pair's margin: the part in which most objectives differ.
public interface MarginLink {

    /// @param beta   strength of the preference, > 0
    /// @param margin chosen minus rejected score, without beta
    /// @return loss, nats
    double loss(double beta, double margin);

    /// @return derivative of [#loss] by the margin, beta held constant
    double derivative(double beta, double margin);
}
