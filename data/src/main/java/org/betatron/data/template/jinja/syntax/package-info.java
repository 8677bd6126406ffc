/// From the source of a template to its statements and expressions.
@NullMarked
package org.betatron.data.template.jinja.syntax;

import org.jspecify.annotations.NullMarked;
