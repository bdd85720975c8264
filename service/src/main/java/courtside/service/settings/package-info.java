/**
 * Settings from the environment: every problem at once, unknown names refused, effective values
 * known.
 */
@NullMarked
package courtside.service.settings;

import org.jspecify.annotations.NullMarked;
