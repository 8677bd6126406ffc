package org.betatron.data.template.jinja.python;

/// What a name, key or attribute that does not exist yields: prints nothing, is false, has no items,
/// and refuses everything else.
///
/// @param message what to say when it is used
public record Undefined(String message) {

    public static Undefined name(String name) {
        return new Undefined(Repr.repr(name) + " is undefined");
    }

    /// @param key key or attribute that `owner` lacks
    public static Undefined member(Object owner, Object key) {
        if (key instanceof String) {
            String type = owner == None.NONE ? "None" : Python.typeName(owner) + " object";
            return new Undefined("'" + type + "' has no attribute " + Repr.repr(key));
        }
        String type = owner == None.NONE ? "None" : Python.typeName(owner) + " object";
        return new Undefined(type + " has no element " + Repr.repr(key));
    }

    /// An attribute that would change a value, which templates may not.
    static Undefined unsafe(Object owner, String attribute) {
        return new Undefined("access to attribute " + Repr.repr(attribute) + " of " + Repr.repr(Python.typeName(owner))
                + " object is unsafe.");
    }

    public PythonError used() {
        return PythonError.undefined(message);
    }

    /// All undefined values are equal.
    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 1;
    }
}
