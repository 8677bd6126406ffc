/// Where models and data lie that a user named: on this machine, or on the hub, from which they are
/// fetched.
@NullMarked
package org.betatron.runs.place;

import org.jspecify.annotations.NullMarked;
