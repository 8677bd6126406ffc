package org.betatron.training.reference;

/// Log-probabilities of response tokens under the reference model, by row of a data set.
///
/// Response tokens of a row are numbered through all its responses: of a pair, those of the chosen
/// response come first.
public interface ReferenceLogProbs {

    /// @param row  number of the row in the data set
    /// @param from first response token
    /// @param to   one past the last response token
    /// @return sum of the log-probabilities of the tokens, accumulated in double precision, nats
    double sum(int row, int from, int to);
}
