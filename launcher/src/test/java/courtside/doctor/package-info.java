/** Each fault that is known, made and named; and a pipeline that is well. */
@NullMarked
package courtside.doctor;

import org.jspecify.annotations.NullMarked;
