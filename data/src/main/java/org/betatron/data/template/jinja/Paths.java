package org.betatron.data.template.jinja;

import org.betatron.data.template.jinja.python.Items;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.TextCase;
import org.betatron.data.template.jinja.python.Undefined;
import org.jspecify.annotations.Nullable;

/// `attribute` of filters: a name, an index, or several with dots between them.
final class Paths {

    private Paths() {}

    /// @param path      text or whole number; null or [None] for the item itself
    /// @param otherwise taken for what is undefined on the way, if given
    static Object get(Object item, @Nullable Object path, @Nullable Object otherwise) {
        if (path == null || path == None.NONE) {
            return item;
        }
        String text = Python.text(path);
        if (text == null) {
            return found(Items.item(item, path), otherwise);
        }
        Object value = item;
        for (String part : text.split("\\.", -1)) {
            Object key = part.matches("\\d{1,18}") ? (Object) Long.parseLong(part) : part;
            value = found(Items.item(value, key), otherwise);
        }
        return value;
    }

    private static Object found(Object value, @Nullable Object otherwise) {
        return value instanceof Undefined && otherwise != null && otherwise != None.NONE ? otherwise : value;
    }

    /// A text in lower case, other values as they are.
    static Object withoutCase(Object value) {
        String text = Python.text(value);
        return text == null ? value : TextCase.lower(text);
    }
}
