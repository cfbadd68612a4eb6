package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.doctor.twin.TableMode;
import java.util.OptionalLong;

/**
 * A remapping unit as the kernel uses it.
 *
 * @param base         address of its registers; empty for the one unit that is assumed where no DMAR table is known
 * @param segment      PCI segment
 * @param on           whether it translates
 * @param mode         form of its tables
 * @param capabilities what it can do
 * @param measured     whether its capability registers are known; otherwise it is a plain unit
 */
public record UnitPlan(OptionalLong base, int segment, boolean on, TableMode mode, UnitCapabilities capabilities, boolean measured) {
}
