/// What a user sees while a run goes on: a progress bar on a terminal, plain lines elsewhere.
@NullMarked
package org.betatron.cli.display;

import org.jspecify.annotations.NullMarked;
