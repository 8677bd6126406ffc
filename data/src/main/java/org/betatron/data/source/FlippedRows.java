package org.betatron.data.source;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.betatron.data.row.RowPlace;
import tools.jackson.databind.JsonNode;

/// Which rows of a file say that their label was flipped, as those of the controlled world do.
public final class FlippedRows {

    private FlippedRows() {}

    /// @param file read before; what is no JSON object is passed over
    /// @return places of the rows whose `flipped` is true; empty unless some row has the field
    /// @throws org.betatron.data.DataException if the file cannot be read
    public static Optional<Set<RowPlace>> read(Path file) {
        Set<RowPlace> flipped = new HashSet<>();
        boolean known = false;
        try (JsonRows rows = JsonRows.openAgain(file)) {
            while (rows.hasNext()) {
                JsonRow row = rows.next();
                JsonNode value = row.node().path("flipped");
                known |= value.isBoolean();
                if (value.asBoolean(false)) {
                    flipped.add(row.place());
                }
            }
        }
        return known ? Optional.of(flipped) : Optional.empty();
    }
}
