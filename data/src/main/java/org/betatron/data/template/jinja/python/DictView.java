package org.betatron.data.template.jinja.python;

import java.util.Iterator;
import java.util.Map;

/// What `keys()`, `values()` and `items()` give.
public record DictView(Kind kind, Map<Object, Object> map) {

    /// Which side of the entries is seen.
    public enum Kind {
        KEYS,
        VALUES,
        ITEMS
    }

    Iterator<Object> iterator() {
        return switch (kind) {
            case KEYS -> map.keySet().iterator();
            case VALUES -> map.values().iterator();
            case ITEMS ->
                map.entrySet().stream()
                        .map(entry -> (Object) Tuple.of(entry.getKey(), entry.getValue()))
                        .iterator();
        };
    }
}
