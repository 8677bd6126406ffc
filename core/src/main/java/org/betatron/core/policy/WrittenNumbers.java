package org.betatron.core.policy;

/// What is known of one answer that is learned from. Arrays are lent, not to be written; `[tokens]`
/// each.
///
/// @param advantages of each token
/// @param before     log-probs when it was written, nats; empty where they are those of now
/// @param reference  log-probs of the reference, nats; empty where there is none
/// @param values     of the critic when it was written; empty where there is none
/// @param returns    what the critic should have said; empty where there is none
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
public record WrittenNumbers(
        double[] advantages, double[] before, double[] reference, double[] values, double[] returns) {}
