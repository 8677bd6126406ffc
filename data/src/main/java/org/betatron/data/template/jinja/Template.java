package org.betatron.data.template.jinja;

import java.util.List;
import java.util.Map;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Values;
import org.betatron.data.template.jinja.syntax.JinjaException;
import org.betatron.data.template.jinja.syntax.Known;
import org.betatron.data.template.jinja.syntax.Parser;
import org.betatron.data.template.jinja.syntax.Statement;
import org.jspecify.annotations.Nullable;

/// A chat template: read once, rendered for any number of rows by any number of threads. It has the
/// semantics of Jinja2 as `transformers` configures it: an immutable sandbox with trimmed blocks,
/// loop controls, `tojson` that escapes nothing, `raise_exception`, `strftime_now` and `generation`.
///
/// A template reads what it is given and nothing else. How much it may do and write is bounded, in
/// steps and characters, not in time.
public final class Template {

    private static final Known KNOWN = new Known() {
        @Override
        public boolean isFilter(String name) {
            return Filters.isKnown(name);
        }

        @Override
        public boolean isTest(String name) {
            return Tests.isKnown(name);
        }
    };

    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = statements;
    }

    /// @throws JinjaException if the source is no template, or uses a filter, test or statement that
    ///     does not exist
    public static Template parse(String source) {
        try {
            return new Template(Parser.parse(source, KNOWN));
        } catch (StackOverflowError e) {
            throw JinjaException.at(1, "the template is nested too deeply");
        }
    }

    /// @param variables JSON in Java: maps, lists, texts, numbers, truth values, null
    /// @return the text
    /// @throws JinjaException if the template fails, calls `raise_exception` or goes beyond a limit
    public String render(Map<String, ? extends @Nullable Object> variables) {
        Scope scope = new Scope(null);
        variables.forEach((name, value) -> scope.set(name, Values.of(value)));
        Rendering rendering = new Rendering();
        try {
            return rendering.capture(statements, new Scope(scope));
        } catch (PythonError e) {
            throw JinjaException.at(rendering.line(), e);
        } catch (StackOverflowError e) {
            throw JinjaException.at(rendering.line(), "calls are nested too deeply");
        }
    }
}
