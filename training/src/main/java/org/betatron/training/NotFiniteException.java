package org.betatron.training;

/// A number that a decision cannot be made with. It knows the row by its place; who has the row names it.
public final class NotFiniteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int place;
    private final String kind;
    private final String numbers;

    /// @param what    what is not finite, for example `loss is NaN`
    /// @param kind    what the row is, for example `pair`
    /// @param place   of the first row concerned in the batch
    /// @param numbers of the row, for a message
    public NotFiniteException(String what, String kind, int place, String numbers) {
        super(what);
        this.kind = kind;
        this.place = place;
        this.numbers = numbers;
    }

    /// @return place of the row in the batch
    public int place() {
        return place;
    }

    /// @param id of the row
    /// @return what happened, and the row
    String describe(String id) {
        return getMessage() + "; first bad " + kind + " '" + id + "', " + numbers;
    }
}
