package org.betatron.data.template.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Attributed;
import org.betatron.data.template.jinja.python.Callable;
import org.betatron.data.template.jinja.python.Comparison;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.OneShot;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Tuple;
import org.betatron.data.template.jinja.python.Undefined;
import org.jspecify.annotations.Nullable;

/// `loop`: where a loop is. Looks at later items only when a template asks for them.
final class Loop implements Attributed, Callable, Python.Sized {

    private final Object items;
    private final int depth;
    private final @Nullable Function<Object, String> body;
    private Iterator<Object> iterator;
    private long index = -1;
    private @Nullable Integer length;
    private @Nullable Object after;
    private @Nullable Object current;
    private @Nullable Object before;
    private @Nullable Object seen;

    /// @param depth levels of recursion around it
    /// @param body  renders the loop for other items, null unless the loop is recursive
    Loop(Object items, int depth, @Nullable Function<Object, String> body) {
        this.items = items;
        this.depth = depth;
        this.body = body;
        this.iterator = Python.iterator(items);
    }

    /// @return whether there was another item
    boolean advance() {
        Object next = peek();
        if (next == null) {
            return false;
        }
        after = null;
        index++;
        before = current;
        current = next;
        return true;
    }

    Object current() {
        return current == null ? None.NONE : current;
    }

    private @Nullable Object peek() {
        if (after == null && iterator.hasNext()) {
            after = iterator.next();
        }
        return after;
    }

    @Override
    public int size() {
        if (length == null) {
            if (items instanceof OneShot) {
                List<Object> rest = new ArrayList<>();
                iterator.forEachRemaining(rest::add);
                iterator = rest.iterator();
                length = rest.size() + (int) index + 1 + (after == null ? 0 : 1);
            } else {
                length = Python.length(items);
            }
        }
        return length;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1;
            case "index0" -> index;
            case "revindex" -> size() - index;
            case "revindex0" -> size() - index - 1;
            case "first" -> index == 0;
            case "last" -> peek() == null;
            case "length" -> (long) size();
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> index == 0 || before == null ? new Undefined("there is no previous item") : before;
            case "nextitem" -> {
                Object next = peek();
                yield next == null ? new Undefined("there is no next item") : next;
            }
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> null;
        };
    }

    private Object cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw PythonError.type("no items for cycling given");
        }
        return arguments.positional().get((int) (index % arguments.positional().size()));
    }

    private Object changed(Arguments arguments) {
        Object value = new Tuple(arguments.positional());
        boolean isOther = seen == null || !Comparison.equal(seen, value);
        seen = value;
        return isOther;
    }

    @Override
    public Object call(Arguments arguments) {
        if (body == null) {
            throw PythonError.type("The loop must have the 'recursive' marker to be called recursively.");
        }
        Object inner = arguments.bind("loop", 1, "iterable")[0];
        return body.apply(inner == null ? None.NONE : inner);
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public String toString() {
        return "<LoopContext " + (index + 1) + "/" + size() + ">";
    }
}
