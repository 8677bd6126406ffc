package org.betatron.training.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Named settings that something is made with, and what each is where nobody says otherwise. With them
/// what was made by an earlier version is compared, name by name: a setting that did not exist then counts as
/// its default.
///
/// @param values   text of every setting, by its name, in order
/// @param defaults text of the default of each setting that has one
/// @param free     names of settings that may differ, because what is made does not depend on them
public record Settings(Map<String, String> values, Map<String, String> defaults, Set<String> free) {

    /// No settings.
    public static final Settings NONE = new Settings(Map.of(), Map.of());

    public Settings {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        defaults = Map.copyOf(defaults);
        free = Set.copyOf(free);
    }

    /// Settings none of which may differ.
    public Settings(Map<String, String> values, Map<String, String> defaults) {
        this(values, defaults, Set.of());
    }

    /// @param names of settings that may differ
    public Settings withFree(Set<String> names) {
        return new Settings(values, defaults, names);
    }

    /// @param name one that is not among the settings yet
    /// @return these settings and one more, without a default
    public Settings with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new Settings(more, defaults, free);
    }

    /// @param wanted asked for every name
    /// @return the settings whose names are wanted
    public Settings only(Predicate<String> wanted) {
        Map<String, String> fewer = new LinkedHashMap<>(values);
        fewer.keySet().removeIf(wanted.negate());
        return new Settings(fewer, defaults, free);
    }

    /// Compares with what was recorded, by this version or an earlier one.
    ///
    /// @param recorded text of every setting that existed then, by its name
    /// @return what differs, each in words for the user; empty if nothing does
    public List<String> differencesFrom(Map<String, String> recorded) {
        List<String> differences = new ArrayList<>();
        recorded.forEach((name, then) -> {
            if (free.contains(name)) {
                return;
            }
            String now = values.get(name);
            if (now == null) {
                differences.add(name + " was " + shown(then) + ", and is not a setting of this version here");
            } else if (!now.equals(then)) {
                differences.add(name + " was " + shown(then) + " and is " + shown(now));
            }
        });
        Set<String> known = recorded.keySet();
        values.forEach((name, now) -> {
            if (!free.contains(name) && !known.contains(name) && !now.equals(defaults.get(name))) {
                differences.add(name + " was not set and is " + shown(now));
            }
        });
        return differences;
    }

    private static String shown(String text) {
        return text.isEmpty() ? "empty" : text;
    }
}
