@NullMarked
package courtside.processor.evaluation;

import org.jspecify.annotations.NullMarked;
