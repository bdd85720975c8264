/**
 * What makes a process a Courtside service before and around its own work: it reads its settings,
 * claims its slot, finds Kafka, hears what people want of it, tells its health, bounds what it
 * keeps of what it cannot use, and ends in order. Nothing here knows what a service does.
 */
@NullMarked
package courtside.service;

import org.jspecify.annotations.NullMarked;
