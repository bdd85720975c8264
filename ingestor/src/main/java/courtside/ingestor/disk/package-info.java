/** Whether the disks of brokers have room for what is still to be written to them. */
@NullMarked
package courtside.ingestor.disk;

import org.jspecify.annotations.NullMarked;
