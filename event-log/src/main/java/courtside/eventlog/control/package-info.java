/**
 * The topic control: what a person wants to be so. Commands write it, the owner of the matter acts.
 */
@NullMarked
package courtside.eventlog.control;

import org.jspecify.annotations.NullMarked;
