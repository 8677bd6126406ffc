/// The command line: the only place where libtorch meets training, and the only one that prints.
@NullMarked
package org.betatron.cli;

import org.jspecify.annotations.NullMarked;
