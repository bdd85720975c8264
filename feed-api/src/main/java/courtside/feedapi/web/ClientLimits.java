package courtside.feedapi.web;

import java.time.Duration;

/**
 * What clients may take. Immutable.
 *
 * @param connections how many are accepted at once
 * @param connectionsPerAddress how many of them may be one address's
 * @param requestsPerSecond of one address, over time; twice as many at once
 * @param requestTime in which a request has to come, from its first byte, and then its answer to
 *     begin
 * @param proxies whose connections are many clients'
 */
public record ClientLimits(
    int connections,
    int connectionsPerAddress,
    int requestsPerSecond,
    Duration requestTime,
    TrustedProxies proxies) {}
