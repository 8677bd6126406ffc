package org.betatron.data.template.jinja.python;

/// A method bound to its value.
///
/// @param owner the value
/// @param name  of a method that it has
record Method(Object owner, String name) implements Callable {

    @Override
    public Object call(Arguments arguments) {
        return switch (owner) {
            case String text -> TextMethods.call(text, name, arguments);
            case Markup(String text) -> {
                Object result = TextMethods.call(text, name, arguments);
                yield result instanceof String part ? new Markup(part) : result;
            }
            default -> CollectionMethods.call(owner, name, arguments);
        };
    }
}
