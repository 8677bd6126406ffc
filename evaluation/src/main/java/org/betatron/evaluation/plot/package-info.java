/// Pictures of numbers: [org.betatron.evaluation.plot.Chart] in a page, [org.betatron.evaluation.plot.Figure] as a file
/// of vectors, [org.betatron.evaluation.plot.RunPlot] as a file of pixels. `Plane` draws for the first two.
@NullMarked
package org.betatron.evaluation.plot;

import org.jspecify.annotations.NullMarked;
