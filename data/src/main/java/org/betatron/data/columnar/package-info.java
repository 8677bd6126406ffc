/// Files that keep values by column, as rows of JSON: Parquet, Arrow files and Arrow streams.
///
/// A row is the object that JSON lines would have for it: a field for each column, nulls included;
/// structs as objects, lists as lists, whole numbers and floats as numbers, dictionaries as what
/// they stand for. What rows mean is not known here.
@NullMarked
package org.betatron.data.columnar;

import org.jspecify.annotations.NullMarked;
