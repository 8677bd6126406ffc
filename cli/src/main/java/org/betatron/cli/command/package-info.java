/// The commands: what a user types, turned into recipes and runs.
@NullMarked
package org.betatron.cli.command;

import org.jspecify.annotations.NullMarked;
