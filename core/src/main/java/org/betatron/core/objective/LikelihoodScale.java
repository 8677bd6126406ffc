package org.betatron.core.objective;

/// What the log-likelihood of a chosen response is divided by.
public enum LikelihoodScale {

    /// Nothing: a long response weighs more.
    SUM,

    /// Its own number of tokens: every response weighs the same.
    RESPONSE_MEAN,

    /// The mean number of tokens over the kept responses of the batch: every token weighs the same.
    BATCH_MEAN
}
