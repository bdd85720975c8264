/** The page in a real browser: by itself, and at the end of the whole pipeline. */
@NullMarked
package courtside.browser;

import org.jspecify.annotations.NullMarked;
