package org.betatron.data.template;

import com.hubspot.jinjava.objects.collections.PyList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.MethodNotFoundException;
import org.jspecify.annotations.Nullable;

/// The methods of Python strings that chat templates call. Without it, Jinjava would call the Java
/// methods, some of which have the same name and do something else (`split` takes a pattern).
final class PythonStringMethods extends ELResolver {

    @Override
    public @Nullable Object invoke(
            ELContext context,
            @Nullable Object base,
            Object method,
            Class<?> @Nullable [] types,
            @Nullable Object @Nullable [] params) {
        if (!(base instanceof CharSequence)) {
            return null;
        }
        context.setPropertyResolved(true);
        return call(base.toString(), method.toString(), params == null ? new Object[0] : params);
    }

    static Object call(String text, String method, @Nullable Object[] arguments) {
        return switch (method) {
            case "strip" -> stripEnd(stripStart(text, characters(arguments)), characters(arguments));
            case "lstrip" -> stripStart(text, characters(arguments));
            case "rstrip" -> stripEnd(text, characters(arguments));
            case "title" -> title(text);
            case "capitalize" ->
                text.isEmpty()
                        ? text
                        : text.substring(0, 1).toUpperCase(Locale.ROOT)
                                + text.substring(1).toLowerCase(Locale.ROOT);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "startswith" -> text.startsWith(string(arguments, 0));
            case "endswith" -> text.endsWith(string(arguments, 0));
            case "find" -> (long) text.indexOf(string(arguments, 0));
            case "replace" -> text.replace(string(arguments, 0), string(arguments, 1));
            case "split" -> new PyList(new ArrayList<>(split(text, arguments)));
            default -> throw new MethodNotFoundException("strings have no method '" + method + "' in chat templates");
        };
    }

    private static List<String> split(String text, @Nullable Object[] arguments) {
        if (arguments.length == 0) {
            String stripped = text.strip();
            return stripped.isEmpty() ? List.of() : List.of(stripped.split("\\s+"));
        }
        String separator = string(arguments, 0);
        long limit = arguments.length > 1 && arguments[1] instanceof Number most ? most.longValue() : Long.MAX_VALUE;
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() < limit; at = text.indexOf(separator, start)) {
            parts.add(text.substring(start, at));
            start = at + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String title(String text) {
        StringBuilder result = new StringBuilder(text.length());
        boolean inWord = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            result.append(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
            inWord = Character.isLetter(c);
        }
        return result.toString();
    }

    private static @Nullable String characters(@Nullable Object[] arguments) {
        return arguments.length == 0 ? null : string(arguments, 0);
    }

    private static String stripStart(String text, @Nullable String characters) {
        int start = 0;
        while (start < text.length() && isStripped(text.charAt(start), characters)) {
            start++;
        }
        return text.substring(start);
    }

    private static String stripEnd(String text, @Nullable String characters) {
        int end = text.length();
        while (end > 0 && isStripped(text.charAt(end - 1), characters)) {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean isStripped(char c, @Nullable String characters) {
        return characters == null ? Character.isWhitespace(c) || Character.isSpaceChar(c) : characters.indexOf(c) >= 0;
    }

    private static String string(@Nullable Object[] arguments, int index) {
        if (index >= arguments.length || !(arguments[index] instanceof CharSequence text)) {
            throw new MethodNotFoundException("a string method in the chat template lacks a string argument");
        }
        return text.toString();
    }

    @Override
    public @Nullable Object getValue(ELContext context, @Nullable Object base, @Nullable Object property) {
        return null;
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, @Nullable Object base, @Nullable Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, @Nullable Object base, @Nullable Object property, @Nullable Object value) {}

    @Override
    public boolean isReadOnly(ELContext context, @Nullable Object base, @Nullable Object property) {
        return true;
    }

    @Override
    public @Nullable Class<?> getCommonPropertyType(ELContext context, @Nullable Object base) {
        return null;
    }

    @Override
    public java.util.@Nullable Iterator<java.beans.FeatureDescriptor> getFeatureDescriptors(
            ELContext context, @Nullable Object base) {
        return null;
    }
}
