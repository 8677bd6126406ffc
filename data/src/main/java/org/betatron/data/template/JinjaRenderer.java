package org.betatron.data.template;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.objects.collections.PyList;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;

/// Evaluates chat templates with the settings and helpers of Hugging Face transformers
/// (`apply_chat_template`): blocks trimmed, `raise_exception`, `strftime_now`, `tojson` in Python's
/// layout. Thread-safe.
///
/// Known differences from Jinja2: an undefined value and `none` are the same, so both print nothing
/// and `x is none` holds for an undefined `x`; truth values print in lower case.
final class JinjaRenderer {

    private static final Jinjava JINJAVA = create();

    private JinjaRenderer() {}

    /// @param template source as written in a model directory
    /// @param where    named in errors
    /// @return source for [#render]
    /// @throws DataException if the template uses a construct that would be rendered wrongly
    static String prepare(String template, String where) {
        try {
            Context library = JINJAVA.getGlobalContext();
            return JinjaSource.forJinjava(
                    template,
                    new JinjaGuard(name -> library.getFilter(name) != null, name -> library.getExpTest(name) != null));
        } catch (IllegalArgumentException e) {
            throw new DataException(where + ": the chat template cannot be used: " + e.getMessage(), e);
        }
    }

    /// @param source    result of [#prepare]
    /// @param variables what the template may read
    /// @param where     named in errors
    /// @throws DataException if the template fails, calls `raise_exception`, or uses a construct
    ///     that is not understood; never a partial text
    static String render(String source, Map<String, ?> variables, String where) {
        RenderResult result = JINJAVA.renderForResult(source, variables);
        if (!result.getErrors().isEmpty()) {
            TemplateError error = result.getErrors().getFirst();
            Throwable cause = error.getException();
            while (cause != null && cause.getCause() != null && !(cause instanceof RaisedByTemplate)) {
                cause = cause.getCause();
            }
            if (cause instanceof RaisedByTemplate raised) {
                throw new DataException(
                        where + ": the chat template refuses these messages: " + raised.getMessage(), raised);
            }
            throw new DataException(
                    where + ": the chat template cannot be rendered, line " + error.getLineno() + ": "
                            + error.getMessage(),
                    error.getException());
        }
        return result.getOutput();
    }

    private static Jinjava create() {
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new PythonStringMethods());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        JinjavaConfig config = JinjavaConfig.newBuilder()
                // JinjaSource has trimmed and stripped.
                .withTrimBlocks(false)
                .withLstripBlocks(false)
                .withKeepTrailingNewline(true)
                // Otherwise a message that contains braces would be evaluated as a template.
                .withNestedInterpretationEnabled(false)
                .withEnableRecursiveMacroCalls(true)
                .withMaxMacroRecursionDepth(100)
                .withElResolver(resolver)
                .withLegacyOverrides(LegacyOverrides.ALL)
                .build();
        Jinjava jinjava = new Jinjava(config);
        jinjava.getGlobalContext()
                .registerFunction(new ELFunctionDefinition(
                        "", "raise_exception", JinjaRenderer.class, "raiseException", String.class));
        jinjava.getGlobalContext()
                .registerFunction(
                        new ELFunctionDefinition("", "strftime_now", JinjaRenderer.class, "strftimeNow", String.class));
        jinjava.getGlobalContext().registerFilter(new ToJson());
        jinjava.getGlobalContext().registerFilter(new Items());
        jinjava.getGlobalContext().registerFilter(new AsString());
        return jinjava;
    }

    /// Called by templates.
    public static String raiseException(String message) {
        throw new RaisedByTemplate(message);
    }

    /// Called by templates. Today's date would make a data set depend on the day it is read, which
    /// is what transformers does too; templates that print it are few.
    public static String strftimeNow(String format) {
        return strftime(format, ZonedDateTime.now(java.time.ZoneId.systemDefault()));
    }

    static String strftime(String format, ZonedDateTime time) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                result.append(c);
                continue;
            }
            String pattern = switch (format.charAt(++i)) {
                case 'd' -> "dd";
                case 'm' -> "MM";
                case 'Y' -> "yyyy";
                case 'y' -> "yy";
                case 'B' -> "MMMM";
                case 'b' -> "MMM";
                case 'A' -> "EEEE";
                case 'a' -> "EEE";
                case 'H' -> "HH";
                case 'M' -> "mm";
                case 'S' -> "ss";
                default ->
                    throw new IllegalArgumentException("strftime_now does not know the directive %" + format.charAt(i));
            };
            result.append(time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)));
        }
        return result.toString();
    }

    /// What a template says with `raise_exception`.
    static final class RaisedByTemplate extends RuntimeException {

        private static final long serialVersionUID = 1L;

        RaisedByTemplate(String message) {
            super(message);
        }
    }

    /// `tojson` as transformers defines it: `json.dumps` with `ensure_ascii=False` and, on demand,
    /// an indentation.
    private static final class ToJson implements Filter {

        @Override
        public String getName() {
            return "tojson";
        }

        @Override
        public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
            return PythonJson.write(value, arguments.length == 0 ? -1 : Integer.parseInt(arguments[0]));
        }

        @Override
        public Object filter(
                @Nullable Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
            Object indent = arguments.length > 0 ? arguments[0] : named.get("indent");
            boolean compact = named.get("separators") != null;
            return compact
                    ? PythonJson.writeCompact(value)
                    : PythonJson.write(value, indent instanceof Number number ? number.intValue() : -1);
        }
    }

    /// `items`: the entries of a mapping as pairs.
    private static final class Items implements Filter {

        @Override
        public String getName() {
            return "items";
        }

        @Override
        public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
            List<Object> pairs = new ArrayList<>();
            if (value instanceof Map<?, ?> map) {
                map.forEach((key, entry) -> pairs.add(new PyList(new ArrayList<>(Arrays.asList(key, entry)))));
            }
            return new PyList(pairs);
        }
    }

    /// `string`, for everything that Python and Java print alike.
    private static final class AsString implements Filter {

        @Override
        public String getName() {
            return "string";
        }

        @Override
        public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
            if (value instanceof Map || value instanceof Iterable) {
                throw new IllegalArgumentException("the filter 'string' is not supported for lists and mappings");
            }
            return value == null ? "None" : value.toString();
        }
    }
}
