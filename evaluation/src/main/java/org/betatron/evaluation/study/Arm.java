package org.betatron.evaluation.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// One thing that is trained, from the same supervised model as all others of its size and seed.
///
/// @param line     what it is called in tables and figures
/// @param x        its place on that line
/// @param model    size of the model
/// @param world    name of the data
/// @param settings recipe keys of `align`, `path=value`; none for the supervised model as it is
public record Arm(String line, String x, String model, String world, List<String> settings) {

    public Arm {
        settings = List.copyOf(settings);
    }

    /// @return whether this is trained any further than the supervised model
    public boolean isTrained() {
        return !settings.isEmpty();
    }

    /// @return the same with more settings, which replace those of the same key
    public Arm with(String... more) {
        Map<String, String> byKey = new LinkedHashMap<>();
        Stream.concat(settings.stream(), Stream.of(more))
                .forEach(setting -> byKey.put(setting.substring(0, setting.indexOf('=')), setting));
        return new Arm(line, x, model, world, List.copyOf(byKey.values()));
    }
}
