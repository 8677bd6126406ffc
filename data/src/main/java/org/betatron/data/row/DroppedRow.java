package org.betatron.data.row;

/// A row that was read but not kept.
///
/// @param id     see [TokenizedRow#id]
/// @param place  where it was read
/// @param reason why
/// @param detail why in other words, empty where the reason says all
public record DroppedRow(String id, RowPlace place, DropReason reason, String detail) {

    /// A row of whose reason there is no more to say.
    public DroppedRow(String id, RowPlace place, DropReason reason) {
        this(id, place, reason, "");
    }

    /// @return why, in words
    public String why() {
        return detail.isEmpty() ? reason.text() : reason.text() + ": " + detail;
    }
}
