/// What the reference model thinks of every response, computed once and kept in a file.
///
/// Main types: [org.betatron.training.reference.ReferenceLogProbs],
/// [org.betatron.training.reference.ReferenceCache]. The policy and what is learned from it do not
/// belong here.
@NullMarked
package org.betatron.training.reference;

import org.jspecify.annotations.NullMarked;
