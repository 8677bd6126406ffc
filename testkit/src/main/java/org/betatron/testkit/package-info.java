/// What tests of several modules need: a tiny language model whose gradient is written by hand, its
/// optimizer, a gradient checker and random batches.
///
/// Main types: [org.betatron.testkit.TinyLanguageModel], [org.betatron.testkit.GradientChecker].
/// Everything is pure Java, deterministic and fast. Nothing here is meant for use outside tests.
@NullMarked
package org.betatron.testkit;

import org.jspecify.annotations.NullMarked;
