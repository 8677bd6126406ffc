package org.betatron.data.columnar;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;

/// Which columns of a file are read.
final class Columns {

    private static final int SHOWN = 40;

    private Columns() {}

    /// @param wanted names; empty for all
    /// @param there  names of the file's columns, in order
    /// @return those to read, in the order of the file
    /// @throws DataException if one is not there, or a name occurs twice
    static List<String> choose(Object file, Set<String> wanted, List<String> there) {
        Set<String> seen = new LinkedHashSet<>();
        for (String name : there) {
            if (!seen.add(name)) {
                throw new DataException(file + ": has two columns named \"" + name + "\", and only one can be read");
            }
        }
        List<String> missing =
                wanted.stream().filter(name -> !seen.contains(name)).sorted().toList();
        if (!missing.isEmpty()) {
            throw new DataException(file + ": data.columns asks for " + quoted(missing)
                    + ", which the file does not have; its columns are " + quoted(there));
        }
        return wanted.isEmpty()
                ? there
                : there.stream().filter(wanted::contains).toList();
    }

    private static String quoted(Collection<String> names) {
        String shown = String.join(
                ", ", names.stream().limit(SHOWN).map(name -> '"' + name + '"').toList());
        return names.size() > SHOWN ? shown + ", and " + (names.size() - SHOWN) + " more" : shown;
    }
}
