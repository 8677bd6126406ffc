/// The way from files to data sets: render, tokenize, cut, drop what teaches nothing, and say what became
/// of every row. [org.betatron.data.load.DataSetLoader] is where it begins.
@NullMarked
package org.betatron.data.load;

import org.jspecify.annotations.NullMarked;
