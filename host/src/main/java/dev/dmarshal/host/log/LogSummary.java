package dev.dmarshal.host.log;

import dev.dmarshal.core.fault.ScanTotals;
import java.util.Optional;

/**
 * What came of reading one log.
 *
 * @param encoding how it was stored
 * @param totals   what the scan saw, of the bytes that could be read
 * @param damage   why reading ended before the log did, if so; what was found before stands
 */
public record LogSummary(LogEncoding encoding, ScanTotals totals, Optional<String> damage) {
}
