package org.betatron.data.template.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Attributed;
import org.betatron.data.template.jinja.python.Callable;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.Tuple;
import org.betatron.data.template.jinja.python.Undefined;
import org.betatron.data.template.jinja.syntax.Expression;
import org.betatron.data.template.jinja.syntax.Statement;
import org.jspecify.annotations.Nullable;

/// A macro, or the body of a `call` block: sees the variables of where it stands.
record MacroFunction(
        String name, Statement.Signature signature, List<Statement> body, Scope around, Rendering rendering)
        implements Callable, Attributed {

    @Override
    public Object call(Arguments arguments) {
        Scope scope = new Scope(around);
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        List<Statement.Parameter> parameters = signature.parameters();
        List<Object> positional = arguments.positional();
        Map<String, Expression> defaults = new LinkedHashMap<>();
        boolean takesCaller = false;
        for (int i = 0; i < parameters.size(); i++) {
            Statement.Parameter parameter = parameters.get(i);
            takesCaller |= parameter.name().equals("caller");
            Object value = i < positional.size() ? positional.get(i) : named.remove(parameter.name());
            if (value != null) {
                scope.set(parameter.name(), value);
            } else if (parameter.otherwise() != null) {
                defaults.put(parameter.name(), parameter.otherwise());
            } else {
                scope.set(
                        parameter.name(),
                        new Undefined("parameter " + Repr.repr(parameter.name()) + " was not provided"));
            }
        }
        if (signature.usesCaller() && !takesCaller) {
            Object caller = named.remove("caller");
            scope.set("caller", caller == null || caller == None.NONE ? new Undefined("No caller defined") : caller);
        }
        takeRest(scope, named, positional);
        return rendering.call(self -> {
            defaults.forEach(
                    (parameter, value) -> scope.set(parameter, self.evaluator().value(value, scope)));
            return self.capture(body, scope);
        });
    }

    private void takeRest(Scope scope, Map<String, Object> named, List<Object> positional) {
        if (signature.usesNamed()) {
            scope.set("kwargs", new LinkedHashMap<Object, Object>(named));
        } else if (!named.isEmpty()) {
            throw PythonError.type("macro " + Repr.repr(name) + " takes no keyword argument "
                    + Repr.repr(named.keySet().iterator().next()));
        }
        int count = signature.parameters().size();
        if (signature.usesPositional()) {
            scope.set(
                    "varargs",
                    new Tuple(new ArrayList<>(
                            positional.subList(Math.min(count, positional.size()), positional.size()))));
        } else if (positional.size() > count) {
            throw PythonError.type("macro " + Repr.repr(name) + " takes not more than " + count + " argument(s)");
        }
    }

    @Override
    public @Nullable Object attribute(String attribute) {
        return switch (attribute) {
            case "name" -> name;
            case "arguments" ->
                new Tuple(signature.parameters().stream()
                        .map(parameter -> (Object) parameter.name())
                        .toList());
            case "catch_kwargs" -> signature.usesNamed();
            case "catch_varargs" -> signature.usesPositional();
            case "caller" -> signature.usesCaller();
            default -> null;
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "<Macro " + Repr.repr(name) + ">";
    }
}
