package dev.dmarshal.doctor.kdump;

import java.util.Map;
import java.util.Optional;

/** Drivers that are documented not to cope with a device that still works when they start. */
final class KnownDrivers {

    private static final Map<String, String> UNFIT = Map.of("hpsa",
            "the cover letter of the kdump series for VT-d (May 2015) excludes Smart Array controllers driven by hpsa");

    private KnownDrivers() {
    }

    /** Why a driver does not cope, and who says so; empty if nothing is known against it. */
    static Optional<String> unfit(String driver) {
        return Optional.ofNullable(UNFIT.get(driver));
    }
}
