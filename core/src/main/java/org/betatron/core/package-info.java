/// The mathematics of preference alignment on plain Java numbers, and the contract that a language
/// model must fulfil to take part in it. Nothing in this module knows a tensor library, a file format
/// or a command line.
@NullMarked
package org.betatron.core;

import org.jspecify.annotations.NullMarked;
