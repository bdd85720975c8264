/**
 * What usually goes wrong with a feed, looked at from outside: by the host that others ask, the
 * record that leads there, the log that the services meet in, and the relay that is read. Each
 * {@link courtside.doctor.Check} looks at one matter, notes in the {@link courtside.doctor.Chart}
 * what later ones need, and writes nothing anywhere.
 */
@NullMarked
package courtside.doctor;

import org.jspecify.annotations.NullMarked;
