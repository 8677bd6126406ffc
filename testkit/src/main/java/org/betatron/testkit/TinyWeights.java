package org.betatron.testkit;

/// What an optimizer moves of a tiny model.
public interface TinyWeights {

    /// @return the weights, lent: writing to them changes the model
    double[] weights();

    /// @return the accumulated gradient, lent; an optimizer clears it
    double[] gradient();
}
