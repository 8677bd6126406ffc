/// Values of templates, which behave as Python's: plain Java values (`Long`, `BigInteger`, `Double`,
/// `Boolean`, `String`, `List`, `Map`), and types for what Java lacks. Nothing here knows of
/// templates or lines.
@NullMarked
package org.betatron.data.template.jinja.python;

import org.jspecify.annotations.NullMarked;
