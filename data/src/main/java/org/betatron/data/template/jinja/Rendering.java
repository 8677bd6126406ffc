package org.betatron.data.template.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.OneShot;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.syntax.Expression;
import org.betatron.data.template.jinja.syntax.Statement;
import org.jspecify.annotations.Nullable;

/// One rendering of a template: runs its statements. Used by one thread.
final class Rendering {

    /// Calls of macros within each other; Python ends at about as many.
    private static final int CALLS = 150;

    /// How a statement ends.
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Budget budget = new Budget();
    private final Evaluator evaluator = new Evaluator(this);
    private StringBuilder out = new StringBuilder();
    private int line = 1;
    private int calls;

    Budget budget() {
        return budget;
    }

    /// @return line of the template that runs
    int line() {
        return line;
    }

    /// @return what the statements write
    String capture(List<Statement> statements, Scope scope) {
        StringBuilder outer = out;
        out = new StringBuilder();
        try {
            run(statements, scope);
            return out.toString();
        } finally {
            out = outer;
        }
    }

    /// Runs the body of a macro or a recursive loop.
    String call(Function<Rendering, String> body) {
        int caller = line;
        if (++calls > CALLS) {
            throw PythonError.other("RecursionError", "calls are nested more than " + CALLS + " deep");
        }
        String text = body.apply(this);
        calls--;
        line = caller;
        return text;
    }

    private Flow run(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            Flow flow = run(statement, scope);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow run(Statement statement, Scope scope) {
        budget.spend(1);
        line = statement.line();
        switch (statement) {
            case Statement.Text(int _, String text) -> print(text);
            case Statement.Print(int _, Expression value) -> print(Repr.str(evaluator.value(value, scope)));
            case Statement.If branches -> {
                return run(branches, scope);
            }
            case Statement.For loop -> run(loop, scope);
            case Statement.Assign(int _, Statement.Target target, Expression value) ->
                assign(target, evaluator.value(value, scope), scope);
            case Statement.AssignBlock(int _, Statement.Target target, Expression filter, List<Statement> body) ->
                assign(target, filtered(filter, body, scope), scope);
            case Statement.Macro(int _, String name, Statement.Signature signature, List<Statement> body) ->
                scope.set(name, new MacroFunction(name, signature, body, scope, this));
            case Statement.CallBlock block -> print(Repr.str(call(block, scope)));
            case Statement.FilterBlock(int _, Expression filter, List<Statement> body) ->
                print(Repr.str(filtered(filter, body, scope)));
            case Statement.With(int _, List<Statement.Binding> bindings, List<Statement> body) -> {
                Scope inner = new Scope(scope);
                bindings.forEach(binding -> assign(binding.target(), evaluator.value(binding.value(), scope), inner));
                return run(body, inner);
            }
            case Statement.Generation(int _, List<Statement> body) -> run(body, new Scope(scope));
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.NEXT;
    }

    private void print(String text) {
        budget.spend(text.length() >> 4);
        Budget.append(out, text);
    }

    private Flow run(Statement.If branches, Scope scope) {
        for (Statement.Branch branch : branches.branches()) {
            line = branch.line();
            if (Python.truth(evaluator.value(branch.test(), scope))) {
                return run(branch.body(), scope);
            }
        }
        return run(branches.otherwise(), scope);
    }

    private Object filtered(Expression filter, List<Statement> body, Scope scope) {
        Scope inner = new Scope(scope);
        inner.set(Evaluator.BLOCK_TEXT, capture(body, inner));
        return evaluator.value(filter, inner);
    }

    private Object call(Statement.CallBlock block, Scope scope) {
        MacroFunction caller = new MacroFunction("caller", block.signature(), block.body(), scope, this);
        Arguments arguments = evaluator.arguments(block.call().passed(), scope);
        return evaluator.call(evaluator.value(block.call().callee(), scope), arguments.with("caller", caller));
    }

    private void run(Statement.For loop, Scope scope) {
        Object items = evaluator.value(loop.items(), scope);
        if (loop.isRecursive()) {
            print(recursive(loop, items, scope, 0));
        } else {
            repeat(loop, scope, new Loop(chosen(loop, items, scope), 0, null));
        }
    }

    private String recursive(Statement.For loop, Object items, Scope scope, int depth) {
        return call(_ -> {
            StringBuilder outer = out;
            out = new StringBuilder();
            repeat(
                    loop,
                    scope,
                    new Loop(chosen(loop, items, scope), depth, inner -> recursive(loop, inner, scope, depth + 1)));
            String text = out.toString();
            out = outer;
            return text;
        });
    }

    private void repeat(Statement.For loop, Scope scope, Loop state) {
        boolean hasRun = false;
        while (state.advance()) {
            budget.spend(1);
            Scope inner = new Scope(scope);
            inner.set("loop", state);
            assign(loop.target(), state.current(), inner);
            Flow flow = run(loop.body(), inner);
            // As in Jinja2, 'else' also runs after a loop that was never run to the end of its body.
            hasRun |= flow == Flow.NEXT;
            if (flow == Flow.BREAK) {
                break;
            }
            line = loop.line();
        }
        if (!hasRun) {
            run(loop.otherwise(), new Scope(scope));
        }
    }

    /// The items that fulfil the condition of a loop, each tested when its turn comes.
    private Object chosen(Statement.For loop, Object items, Scope scope) {
        Expression condition = loop.condition();
        if (condition == null) {
            return items;
        }
        Iterator<Object> all = budget.iterator(items);
        return OneShot.of(new Lazy(() -> {
            while (all.hasNext()) {
                Object item = all.next();
                Scope inner = new Scope(scope);
                assign(loop.target(), item, inner);
                if (Python.truth(evaluator.value(condition, inner))) {
                    return item;
                }
            }
            return null;
        }));
    }

    void assign(Statement.Target target, Object value, Scope scope) {
        switch (target) {
            case Statement.NameTarget(String name) -> scope.set(name, value);
            case Statement.AttributeTarget(String owner, String attribute) -> {
                if (!(scope.find(owner) instanceof Namespace namespace)) {
                    throw PythonError.other("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
                }
                namespace.set(attribute, value);
            }
            case Statement.TupleTarget(List<Statement.Target> targets) -> {
                List<Object> values = unpacked(value, targets.size());
                for (int i = 0; i < targets.size(); i++) {
                    assign(targets.get(i), values.get(i), scope);
                }
            }
        }
    }

    private List<Object> unpacked(Object value, int size) {
        if (!Python.isIterable(value)) {
            throw PythonError.type("cannot unpack non-iterable " + Python.typeName(value) + " object");
        }
        List<Object> values = new ArrayList<>();
        Iterator<Object> items = budget.iterator(value);
        while (items.hasNext()) {
            if (values.size() == size) {
                throw PythonError.value("too many values to unpack (expected " + size + ")");
            }
            values.add(items.next());
        }
        if (values.size() < size) {
            throw PythonError.value("not enough values to unpack (expected " + size + ", got " + values.size() + ")");
        }
        return values;
    }

    Evaluator evaluator() {
        return evaluator;
    }

    /// Items that are made one by one.
    static final class Lazy implements Iterator<Object> {

        /// Makes the next item.
        interface Source {
            /// @return null at the end
            @Nullable
            Object next();
        }

        private final Source source;
        private @Nullable Object ahead;
        private boolean isAhead;

        Lazy(Source source) {
            this.source = source;
        }

        @Override
        public boolean hasNext() {
            if (!isAhead) {
                ahead = source.next();
                isAhead = true;
            }
            return ahead != null;
        }

        @Override
        public Object next() {
            if (!hasNext() || ahead == null) {
                throw new NoSuchElementException();
            }
            isAhead = false;
            return ahead;
        }
    }
}
