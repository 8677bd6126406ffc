package org.betatron.data.template.jinja;

import java.util.Iterator;
import org.betatron.data.template.jinja.python.Limits;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;

/// What one rendering may still do. A step is an expression, an item of a loop, or some characters
/// that are looked at or made.
final class Budget {

    /// A dialogue of ten thousand messages takes a few millions.
    static final long STEPS = 50_000_000;

    private long left = STEPS;

    void spend(long steps) {
        left -= steps;
        if (left < 0) {
            throw PythonError.other("LimitError", "the template takes more than " + STEPS + " steps");
        }
    }

    /// Pays for looking at a value or making it.
    void spendOn(Object value) {
        int cost = Python.cost(value);
        if (cost > 0) {
            spend(cost);
        }
    }

    /// @return items of a value; each of them is a step
    Iterator<Object> iterator(Object value) {
        Iterator<Object> items = Python.iterator(value);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Object next() {
                spend(1);
                return items.next();
            }
        };
    }

    static void append(StringBuilder out, String text) {
        Limits.text((long) out.length() + text.length());
        out.append(text);
    }
}
