/** The pipeline against histories: what its feeds hold, and what they must hold. */
@NullMarked
package courtside.processor.model;

import org.jspecify.annotations.NullMarked;
