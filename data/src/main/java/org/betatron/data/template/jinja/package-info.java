/// Renders chat templates as Jinja2 does with the settings of `transformers`: [Template] is read
/// once and rendered for many rows. The language is in `syntax`, the values in `python`.
@NullMarked
package org.betatron.data.template.jinja;

import org.jspecify.annotations.NullMarked;
