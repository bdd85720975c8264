/** Repositories: what an account signs, and how its records come into it. */
@NullMarked
package courtside.atproto.repo;

import org.jspecify.annotations.NullMarked;
