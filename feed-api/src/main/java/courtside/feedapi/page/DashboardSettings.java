package courtside.feedapi.page;

import java.util.OptionalInt;

/**
 * Where the page is, and for how many. Immutable.
 *
 * @param eventStreams how many may watch at once
 * @param localPort the port of its own that it has where it is for this machine alone, 0 for any
 *     that is free; empty where it is for everybody, beside the feeds
 */
public record DashboardSettings(int eventStreams, OptionalInt localPort) {}
