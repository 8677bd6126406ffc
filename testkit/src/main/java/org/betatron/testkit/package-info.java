@NullMarked
package org.betatron.testkit;

import org.jspecify.annotations.NullMarked;
