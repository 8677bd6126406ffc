/// Files and directories that are there whole or not at all.
///
/// Main type: [org.betatron.core.files.StagedFiles]. It stands in this module because models, runs and reports are
/// all written through it; what is written is not known here.
@NullMarked
package org.betatron.core.files;

import org.jspecify.annotations.NullMarked;
