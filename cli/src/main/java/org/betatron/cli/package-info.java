@NullMarked
package org.betatron.cli;

import org.jspecify.annotations.NullMarked;
