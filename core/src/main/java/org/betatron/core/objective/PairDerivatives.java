package org.betatron.core.objective;

/// Derivatives of one number by the quantities of both responses of every row.
///
/// A negative derivative by a log-probability means that gradient descent raises it.
/// Not thread-safe; owned by whoever asked for it.
///
/// @param chosen   derivatives by the quantities of the chosen responses
/// @param rejected derivatives by the quantities of the rejected responses
public record PairDerivatives(ResponseDerivatives chosen, ResponseDerivatives rejected) {

    /// All zero.
    public static PairDerivatives ofSize(int size) {
        return new PairDerivatives(new ResponseDerivatives(size), new ResponseDerivatives(size));
    }
}
