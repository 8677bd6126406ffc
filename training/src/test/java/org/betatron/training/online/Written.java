package org.betatron.training.online;

import java.util.List;
import org.betatron.training.run.RecordFormat;
import org.betatron.training.run.StateFormat;

/// What a rule that learns from written answers remembers.
///
/// @param waiting answers that were written for a step to come
/// @param numSeen answers that were learned from so far
record Written(List<WrittenAnswer> waiting, long numSeen) {

    static final StateFormat<Written> FORMAT = new RecordFormat<>(Written.class, new Written(List.of(), 0));

    Written {
        waiting = List.copyOf(waiting);
        if (numSeen < 0) {
            throw new IllegalArgumentException("numSeen must be ≥ 0 but was " + numSeen);
        }
    }

    Written seen(int answers) {
        return new Written(waiting, numSeen + answers);
    }
}
