/** What Prometheus and Grafana are told to look at, against what the services export. */
@NullMarked
package courtside.monitoring;

import org.jspecify.annotations.NullMarked;
