package org.betatron.training.run;

import tools.jackson.databind.JsonNode;

/// What a rule remembers from step to step, as a checkpoint holds it.
///
/// @param <S> the rule's state: a value
public interface StateFormat<S> {

    /// @return the state before the first step
    S start();

    /// @return all of the state, so that [#read] gives an equal one
    JsonNode write(S state);

    /// @param saved what [#write] of this version or an earlier one returned
    /// @throws tools.jackson.core.JacksonException if it has not the form of such a state
    /// @throws IllegalArgumentException            if it has the form and says what cannot be
    S read(JsonNode saved);
}
