package org.betatron.data.template.jinja.python;

import java.util.List;

/// @param items in order
/// @param names under which the items can be read too; may be empty
public record Tuple(List<Object> items, List<String> names) {

    public Tuple(List<Object> items) {
        this(items, List.of());
    }

    public static Tuple of(Object... items) {
        return new Tuple(List.of(items));
    }
}
