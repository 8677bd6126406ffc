package org.betatron.training.run;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The state of a rule that remembers nothing.
public record NoState() {

    /// The only one.
    public static final NoState NOTHING = new NoState();

    /// An empty object. Whatever is read means the same: the first version wrote an alignment's state for every rule.
    public static final StateFormat<NoState> FORMAT = new StateFormat<>() {

        @Override
        public NoState start() {
            return NOTHING;
        }

        @Override
        public JsonNode write(NoState state) {
            return JsonNodeFactory.instance.objectNode();
        }

        @Override
        public NoState read(JsonNode saved) {
            return NOTHING;
        }
    };
}
