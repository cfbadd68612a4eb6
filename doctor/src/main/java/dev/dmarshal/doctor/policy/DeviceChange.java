package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.pci.Sbdf;

/**
 * A function before and after.
 *
 * @param from   where it is
 * @param to     where it would be; the same but for a move
 * @param before its group now
 * @param after  its group then
 */
public record DeviceChange(Sbdf from, Sbdf to, GroupPlan before, GroupPlan after) {

    /** Whether anything changes for it. */
    public boolean changed() {
        return !from.equals(to) || !before.type().equals(after.type()) || !before.reserved().equals(after.reserved()) || !before.members()
                .equals(after.members());
    }

    /** What a function in this group reaches, in words. */
    public static String reach(GroupPlan group) {
        if (group.type().isEmpty()) {
            return "not known";
        }
        long regions = group.mapped().size();
        String firmware = regions == 0 ? "" : regions == 1 ? " and one region of firmware" : " and " + regions + " regions of firmware";
        return switch (group.type().get()) {
            case DMA -> "what its driver maps, until it is unmapped" + firmware;
            case DMA_FQ -> "what its driver maps, and for a moment what it has unmapped" + firmware;
            case UNMANAGED -> "what its guest or program maps" + firmware;
            case IDENTITY -> "all memory";
            case BLOCKED -> "nothing";
            case NONE -> "all memory, unseen by any unit";
        };
    }
}
