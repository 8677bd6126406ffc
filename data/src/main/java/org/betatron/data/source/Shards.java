package org.betatron.data.source;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.betatron.data.DataException;

/// Files that say in their names how many there are: `train-00000-of-00003.parquet`.
final class Shards {

    private static final Pattern SHARD = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})(\\D.*)?");

    private Shards() {}

    /// @param where for messages
    /// @param names of files that are meant together
    /// @throws DataException if some are missing
    static void requireAll(String where, List<String> names) {
        Map<String, TreeSet<Integer>> numbers = new TreeMap<>();
        for (String name : names) {
            Matcher shard = SHARD.matcher(name);
            if (shard.matches()) {
                String all = shard.group(1) + "-*-of-" + shard.group(3);
                numbers.computeIfAbsent(all, _ -> new TreeSet<>()).add(Integer.parseInt(shard.group(2)));
            }
        }
        numbers.forEach((all, there) -> {
            int count = Integer.parseInt(all.substring(all.length() - 5));
            if (there.size() < count) {
                throw new DataException(where + ": holds " + there.size() + " of the " + count + " files " + all
                        + ": fetch or copy the others, or name those that are meant");
            }
        });
    }
}
