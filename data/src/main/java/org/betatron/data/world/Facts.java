package org.betatron.data.world;

import java.util.List;

/// What is true in the world: where each thing is, its colour, its owner. The same for every seed, so that
/// a text can be judged without knowing how it was made.
final class Facts {

    static final List<String> THINGS = List.of(
            "kettle", "coat", "book", "lamp", "chair", "cup", "bag", "ball", "key", "map", "drum", "rope", "hat",
            "shoe", "clock", "vase", "bell", "broom", "candle", "basket", "mirror", "pillow", "bottle", "guitar");

    private Facts() {}

    /// @return what is true; no topic can be told from another
    static String of(String thing, Topic topic) {
        int i = THINGS.indexOf(thing);
        int block = i / 8;
        int index = switch (topic) {
            case PLACE -> 5 * i + 3 + block;
            case COLOUR -> 3 * i + 3 * block;
            case OWNER -> 7 * i + 5 * block + 1;
        };
        return topic.answers().get(index % topic.answers().size());
    }
}
